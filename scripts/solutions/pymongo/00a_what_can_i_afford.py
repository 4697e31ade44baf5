def affordable(products, most):
    found = products.find({"price": {"$lte": most}, "stock": {"$gt": 0}})
    return [product["name"] for product in found.sort("price")]
