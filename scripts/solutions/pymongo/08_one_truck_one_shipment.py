from pymongo.errors import DuplicateKeyError


def prepare(shipments):
    shipments.create_index("truck_id", unique=True)


def send(shipments, shipment):
    try:
        shipments.insert_one(shipment)
        return True
    except DuplicateKeyError as err:
        if "truck_id" not in err.details["keyValue"]:
            raise
        return False
