export async function create_app_user(client, name, password) {
  await client.db("admin").command({
    createUser: name,
    pwd: password,
    roles: [{ role: "readWrite", db: "logistics" }],
  });
}
