export async function affordable(products, most) {
  const filter = { price: { $lte: most }, stock: { $gt: 0 } };
  const found = await products.find(filter).sort({ price: 1 }).toArray();
  return found.map((product) => product.name);
}
