//! Functions for administrators: each asked on a real server, with its errors.

use crate::support::SharedServer;

#[test]
fn a_command_is_a_document_or_a_name() {
    let server = SharedServer::get();
    let code = r#"
        print(db.command("ping").ok);
        try { db.command("no_such_command") } catch (e) { print(e.code_name) }
        try { db.command(5) } catch (e) { print(e.kind) }
    "#;
    let printed = server.prints("admin_command", code);
    assert_eq!(printed, ["1.0", "CommandNotFound", "InvalidArgument"]);
}

#[test]
fn sizes_views_and_changed_options_are_those_of_the_server() {
    let code = r#"
        db.orders.insert_many([#{ _id: 1, n: 1 }, #{ _id: 2, n: 20 }]);
        db.orders.create_index("n");
        print([db.stats().objects, db.orders.stats().nindexes, db.orders.validate(#{ full: true }).nrecords]);
        print(db.orders.list_index_names());
        print([db.orders.exists(), db.nothing.exists(), db.nothing.list_index_names()]);
        let large = db.create_view("large", "orders", [#{ $match: #{ n: #{ $gt: 10 } } }]);
        print([large.name, large.find().to_array(), large.exists()]);
        db.modify_collection("large", #{ view_on: "orders", pipeline: [] });
        print(large.count_documents());
        let before = db.modify_collection("orders", #{ index: #{ keyPattern: #{ n: 1 }, hidden: true } });
        print(before.hidden_new);
        try { db.modify_collection("nothing", #{ validator: #{} }) } catch (e) { print(e.code_name) }
        try { db.create_view("large", "orders", []) } catch (e) { print(e.kind) }
        try { db.nothing.validate() } catch (e) { print(e.code_name) }
        print(db.version() == client.server_info().version);
    "#;
    let printed = SharedServer::get().prints("admin_sizes", code);
    let expected = [
        "[2, 2, 2]",
        "[\"_id_\", \"n_1\"]",
        "[true, false, []]",
        "[\"large\", [#{ _id: 2, n: 20 }], true]",
        "2",
        "true",
        "NamespaceNotFound",
        "NamespaceExists",
        "NamespaceNotFound",
        "true",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn users_and_roles_are_changed_in_place() {
    let code = r#"
        db.create_user("ada", "one", []);
        db.grant_roles("ada", ["read", #{ role: "readWrite", db: "shop" }]);
        print(set(db.users()[0].roles.map(|r| `${r.role}@${r.db}`)) == set(["readWrite@shop", `read@${db.name}`]));
        db.revoke_roles("ada", ["read"]);
        print(db.users()[0].roles);
        db.update_user("ada", #{ password: "two", custom_data: #{ team: "harbour" } });
        print([db.users()[0].customData, db.users()[0].roles.len()]);
        let ada = connect(#{ username: "ada", password: "two", auth_source: db.name });
        print(ada.ping() > 0.0);
        db.create_role("counter", [#{ resource: #{ db: db.name, collection: "" }, actions: ["find"] }], ["read"]);
        print(db.list_roles().map(|r| r.role));
        try { db.update_user("ada", #{}) } catch (e) { print(e.message) }
        for change in [|| db.grant_roles("nobody", ["read"]), || db.update_user("nobody", #{ roles: [] })] {
            try { change.call() } catch (e) { print(e.code_name) }
        }
        db.drop_user("ada");
        db.drop_role("counter");
    "#;
    let printed = SharedServer::get().prints("admin_users", code);
    let expected = [
        "true",
        "[#{ role: \"readWrite\", db: \"shop\" }]",
        "[#{ team: \"harbour\" }, 1]",
        "true",
        "[\"counter\"]",
        "there is nothing to change",
        "UserNotFound",
        "UserNotFound",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn a_slow_operation_is_seen_killed_and_profiled() {
    let code = r#"
        db.x.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
        let before = db.set_profiling_level(2);
        print(before.was);
        let slow = background(|| {
            try { db.x.find(#{ $where: "sleep(20000) || true" }).to_array() } catch (e) { e.code_name }
        });
        let mine = #{ ns: db.x.full_name, op: "query" };
        eventually(20, || client.current_op(mine).len() == 1);
        client.kill_op(client.current_op(mine)[0].opid);
        print(slow.join());
        db.set_profiling_level(0);
        print(db.profile().to_array().some(|entry| entry.errName == "Interrupted"));
        print(db.profile().next().ts >= db.profile().to_array()[-1].ts);
        try { db.set_profiling_level(3) } catch (e) { print(e.message) }
    "#;
    let printed = SharedServer::get().prints("admin_slow", code);
    let expected = [
        "0",
        "Interrupted",
        "true",
        "true",
        "the profiling level cannot be 3",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn a_tailable_cursor_goes_on_after_its_last_document() {
    let code = r#"
        let log = db.create_collection("log", #{ capped: true, size: 4096 });
        log.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
        let tail = log.find(#{}, #{ cursor_type: "tailable" });
        print(tail.to_array());
        print([tail.next(), tail.is_open]);
        log.insert_one(#{ _id: 3 });
        for entry in tail { print(entry); }
        tail.close();
        print([tail.next(), tail.is_open]);
        let waiting = log.find(#{ _id: 4 }, #{ cursor_type: "tailable_await", max_await_time_ms: 20_000 });
        let later = background(|| { sleep(0.2); log.insert_one(#{ _id: 4 }); });
        print(waiting.next());
        later.join();
        let plain = log.find();
        plain.to_array();
        print(plain.is_open);
        try { db.plain.insert_one(#{}); db.plain.find(#{}, #{ cursor_type: "tailable" }).next() } catch (e) { print(e.code_name) }
        try { log.find(#{}, #{ cursor_type: "endless" }) } catch (e) { print(e.kind) }
    "#;
    let printed = SharedServer::get().prints("admin_tail", code);
    let expected = [
        "[#{ _id: 1 }, #{ _id: 2 }]",
        "[(), true]",
        "#{ _id: 3 }",
        "[(), false]",
        "#{ _id: 4 }",
        "false",
        "BadValue",
        "InvalidArgument",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn a_cursor_reads_from_the_members_that_its_preference_names() {
    let code = r#"
        db.x.insert_one(#{ _id: 1 });
        print(db.x.find().read_preference("secondaryPreferred").to_array());
        try { db.x.find().read_preference("nearby") } catch (e) { print(e.kind) }
        let alone = connect(#{ server_selection_timeout_ms: 100 });
        try { alone[db.name].x.find().read_preference("secondary").next() } catch (e) { print(e.kind) }
    "#;
    let printed = SharedServer::get().prints("admin_preference", code);
    assert_eq!(
        printed,
        ["[#{ _id: 1 }]", "InvalidArgument", "ServerSelectionTimeout"]
    );
}
