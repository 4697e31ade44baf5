def sell(products, id, pieces):
    result = products.update_one(
        {"_id": id, "stock": {"$gte": pieces}},
        {"$inc": {"stock": -pieces}},
    )
    return result.modified_count == 1
