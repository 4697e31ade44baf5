from bson import ObjectId
from bson.errors import InvalidId


def find_shipment(shipments, id):
    try:
        return shipments.find_one({"_id": ObjectId(id)})
    except InvalidId:
        return None
