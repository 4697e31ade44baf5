import { BSON, ObjectId } from "mongodb";

export async function find_shipment(shipments, id) {
  let wanted;
  try {
    wanted = ObjectId.createFromHexString(id);
  } catch (err) {
    if (!(err instanceof BSON.BSONError)) throw err;
    return null;
  }
  return shipments.findOne({ _id: wanted });
}
