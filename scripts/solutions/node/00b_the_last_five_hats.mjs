export async function sell(products, id, pieces) {
  const result = await products.updateOne(
    { _id: id, stock: { $gte: pieces } },
    { $inc: { stock: -pieces } },
  );
  return result.modifiedCount === 1;
}
