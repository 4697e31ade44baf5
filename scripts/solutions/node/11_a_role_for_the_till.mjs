export async function create_till_user(client, name, password) {
  const admin = client.db("admin");
  const orders = { db: "shop", collection: "orders" };
  await admin.command({
    createRole: "till",
    privileges: [{ resource: orders, actions: ["find", "insert"] }],
    roles: [],
  });
  await admin.command({ createUser: name, pwd: password, roles: ["till"] });
}
