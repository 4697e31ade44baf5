export async function prepare(shipments) {
  await shipments.createIndex({ truck_id: 1 }, { unique: true });
}

export async function send(shipments, shipment) {
  try {
    await shipments.insertOne(shipment);
    return true;
  } catch (err) {
    if (err.code !== 11000 || !("truck_id" in err.keyValue)) throw err;
    return false;
  }
}
