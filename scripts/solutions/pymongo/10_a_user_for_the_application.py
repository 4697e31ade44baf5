def create_app_user(client, name, password):
    client.admin.command(
        "createUser",
        name,
        pwd=password,
        roles=[{"role": "readWrite", "db": "logistics"}],
    )
