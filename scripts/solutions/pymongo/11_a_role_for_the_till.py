def create_till_user(client, name, password):
    orders = {"db": "shop", "collection": "orders"}
    client.admin.command(
        "createRole",
        "till",
        privileges=[{"resource": orders, "actions": ["find", "insert"]}],
        roles=[],
    )
    client.admin.command("createUser", name, pwd=password, roles=["till"])
