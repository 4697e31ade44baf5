def move_stock(client, shelves, from_shelf, to_shelf, pieces):
    def work(session):
        taken = shelves.update_one(
            {"_id": from_shelf}, {"$inc": {"pieces": -pieces}}, session=session
        )
        given = shelves.update_one(
            {"_id": to_shelf}, {"$inc": {"pieces": pieces}}, session=session
        )
        if taken.matched_count + given.matched_count < 2:
            raise ValueError("a shelf does not exist")

    with client.start_session() as session:
        session.with_transaction(work)
