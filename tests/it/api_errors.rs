use crate::support::{SharedServer, eventually};

/// Runs code with `assert`s in this database.
fn run_code(database: &str, code: &str) {
    SharedServer::get().prints(database, code);
}

#[test]
fn a_duplicate_key_error_has_the_value_in_every_write() {
    run_code(
        "errors_duplicate",
        r##"
        let c = db.shipments;
        c.create_index("truck_id", #{ unique: true });
        c.insert_many([#{ _id: 1, truck_id: 4 }, #{ _id: 2, truck_id: 5 }]);

        fn is_truck_4(err) {
            assert_eq(err.code, 11000);
            assert_eq(err.code_name, "DuplicateKey");
            assert_eq(err.key_pattern, #{ truck_id: 1 });
            assert_eq(err.key_value, #{ truck_id: 4 });
            assert(!err.is_timeout && !err.is_network && !err.is_retryable);
            assert(err.line > 0);
        }
        is_truck_4(assert_throws(errors::DuplicateKey, || c.insert_one(#{ truck_id: 4 })));
        is_truck_4(assert_throws(errors::DuplicateKey, || c.insert_many([#{ truck_id: 9 }, #{ truck_id: 4 }])));
        is_truck_4(assert_throws(errors::DuplicateKey, || c.update_one(#{ _id: 2 }, #{ "$set": #{ truck_id: 4 } })));
        is_truck_4(assert_throws(errors::DuplicateKey, || c.update_many(#{ _id: 2 }, #{ "$set": #{ truck_id: 4 } })));
        is_truck_4(assert_throws(errors::DuplicateKey, || c.replace_one(#{ _id: 2 }, #{ truck_id: 4 })));
        is_truck_4(assert_throws(errors::DuplicateKey, || c.find_one_and_update(#{ _id: 2 }, #{ "$set": #{ truck_id: 4 } })));
        is_truck_4(assert_throws(errors::DuplicateKey, || c.find_one_and_replace(#{ _id: 2 }, #{ truck_id: 4 })));

        let err = assert_throws(errors::DuplicateKey, || c.insert_one(#{ _id: 1 }));
        assert_eq(err.key_value, #{ _id: 1 });
        let err = assert_throws(errors::DuplicateKey, || c.create_index("nothing", #{ unique: true }));
        assert_eq(err.code, 11000);
        "##,
    );
}

#[test]
fn a_failed_insert_many_lists_what_it_inserted() {
    run_code(
        "errors_many",
        r#"
        let c = db.things;
        c.insert_one(#{ _id: 1 });
        let docs = [#{ _id: 10 }, #{ _id: 1 }, #{ _id: 11 }, #{ _id: 10 }, #{ _id: 12 }];

        let err = assert_throws(errors::DuplicateKey, || c.insert_many(docs));
        assert_eq(err.inserted_ids, [10]);
        assert_eq(err.index, 1);
        assert_eq(err.write_errors.len(), 1);

        c.delete_many(#{ _id: #{ "$gte": 10 } });
        let err = assert_throws(errors::DuplicateKey, || c.insert_many(docs, #{ ordered: false }));
        assert_eq(err.inserted_ids, [10, 11, 12]);
        assert_eq(err.write_errors.len(), 2);
        assert_eq(err.write_errors.map(|e| e.index), [1, 3]);
        assert_eq(c.count_documents(), 4);

        // Failures of more than one kind are a `BulkWrite`.
        db.create_collection("strict", #{ validator: #{ n: #{ "$type": "int" } } });
        let err = assert_throws(errors::BulkWrite, || db.strict.insert_many(
            [#{ _id: 1, n: 1 }, #{ _id: 1, n: 1 }, #{ _id: 2, n: "x" }, #{ _id: 3, n: 3 }], #{ ordered: false }));
        assert_eq(err.inserted_ids, [1, 3]);
        assert_eq(err.write_errors.map(|e| e.code), [11000, 121]);
        "#,
    );
}

/// From a thousand documents on, the commands are made by this program.
#[test]
fn a_large_insert_many_fails_like_a_small_one() {
    run_code(
        "errors_large",
        r#"
        let c = db.things;
        c.insert_one(#{ _id: 1 });
        fn documents() {
            let documents = [];
            for n in 0..1500 { documents.push(#{ _id: 100 + n, n: n }); }
            documents
        }
        let docs = documents();
        docs[1200]._id = 1;
        docs[1300]._id = 1;

        let err = assert_throws(errors::DuplicateKey, || c.insert_many(docs));
        assert_eq(err.inserted_ids.len(), 1200);
        assert_eq(err.inserted_ids[1199], 1299);
        assert_eq([err.index, err.write_errors.len(), err.key_value], [1200, 1, #{ _id: 1 }]);
        assert(err.message.starts_with("1 write failed, document 1200: E11000"), err.message);
        assert_eq(c.count_documents(), 1201);

        c.delete_many(#{ _id: #{ "$gte": 100 } });
        let err = assert_throws(errors::DuplicateKey, || c.insert_many(docs, #{ ordered: false }));
        assert_eq(err.inserted_ids.len(), 1498);
        assert_eq(err.write_errors.map(|e| e.index), [1200, 1300]);
        assert(err.message.starts_with("2 writes failed, the first of them document 1200: "), err.message);
        assert_eq(c.count_documents(), 1499);

        db.create_collection("strict", #{ validator: #{ n: #{ "$type": "int" } } });
        docs[1400].n = "x";
        let err = assert_throws(errors::BulkWrite, || db.strict.insert_many(docs, #{ ordered: false }));
        assert_eq(err.inserted_ids.len(), 1498);
        assert_eq(err.write_errors.map(|e| e.code), [11000, 121]);

        // All documents are checked before the first one is sent.
        docs[1499].n = || 1;
        let err = assert_throws(errors::InvalidArgument, || db.unsent.insert_many(docs));
        assert(err.message.starts_with("document 1499: `n`"), err.message);
        assert_eq(db.unsent.count_documents(), 0);

        // Documents without an `_id` get one; the options and the transaction are used.
        let docs = documents().map(|d| #{ n: d.n });
        let ids = db.plain.insert_many(docs, #{ write_concern: #{ w: 1 }, comment: "many" }).inserted_ids;
        assert_eq(ids.len(), 1500);
        assert_eq(db.plain.find_one(#{ n: 1499 })._id, ids[1499]);
        let session = client.start_session();
        session.start_transaction();
        db.plain.insert_many(docs, #{ session: session });
        assert_eq(db.plain.count_documents(#{}, #{ session: session }), 3000);
        session.abort_transaction();
        assert_eq(db.plain.count_documents(), 1500);
        "#,
    );
}

#[test]
fn errors_of_the_server_have_a_kind() {
    run_code(
        "errors_server",
        r#"
        db.create_collection("strict", #{ validator: #{ n: #{ "$type": "int" } } });
        assert_eq(assert_throws(errors::NamespaceExists, || db.create_collection("strict", #{ capped: true, size: 4096 })).code, 48);
        assert_eq(assert_throws(errors::ValidationFailed, || db.strict.insert_one(#{ n: "x" })).code, 121);
        assert_eq(assert_throws(errors::ValidationFailed, || db.strict.insert_many([#{ n: "x" }])).code, 121);
        db.strict.insert_one(#{ n: 1 });
        assert_throws(errors::ValidationFailed, || db.strict.update_one(#{}, #{ "$set": #{ n: "x" } }));

        let err = assert_throws(errors::CommandFailed, || db.command(#{ noSuchCommand: 1 }));
        assert_eq(err.code, 59);
        assert_eq(err.code_name, "CommandNotFound");
        let err = assert_throws(errors::CommandFailed, || db.strict.find(#{ "$nope": 1 }).next());
        assert_eq(err.code, 2);

        let big = "x";
        for n in 0..24 { big += big; }
        let err = assert_throws(errors::DocumentTooLarge, || db.strict.insert_one(#{ n: 1, big: big }));
        assert(err.hint != ());
        assert_eq(db.strict.count_documents(), 1);

        let err = assert_throws(errors::CursorNotFound, || db.command(#{ getMore: Int64(123456), collection: "strict" }));
        assert_eq(err.code, 43);

        let c = db.many;
        let docs = [];
        for n in 0..300 { docs.push(#{ n: n }); }
        c.insert_many(docs);
        let cursor = c.find().batch_size(10);
        cursor.next();
        c.drop();
        let threw = "";
        try { cursor.to_array(); } catch (err) { threw = err.kind; }
        assert(threw in ["CursorNotFound", "CommandFailed"], threw);
        "#,
    );
}

#[test]
fn wrong_arguments_are_explained_before_sending() {
    run_code(
        "errors_arguments",
        r#"
        let err = assert_throws(errors::InvalidArgument, || connect(#{ max_pol_size: 5 }));
        assert("max_pool_size" in `${err.message} ${err.hint}`, `${err.message} ${err.hint}`);
        let err = assert_throws(errors::InvalidArgument, || connect(#{ max_pool_size: "many" }));
        assert("max_pool_size" in err.message, err.message);
        let err = assert_throws(errors::InvalidArgument, || db.c.insert_many([#{ a: 1 }], #{ orderd: false }));
        assert("ordered" in `${err.message} ${err.hint}`);
        let err = assert_throws(errors::InvalidArgument, || db.c.find(#{}, #{ projecton: #{} }));
        assert("projection" in `${err.message} ${err.hint}`);
        assert_throws(errors::InvalidArgument, || db.c.insert_one(5));
        let err = assert_throws(errors::InvalidArgument, || db.c.insert_one(#{ a: 1 }, #{ write_concern: #{ w: 0 } }));
        assert("use `w: 1`" in err.hint);
        assert_throws(errors::InvalidArgument, || db.c.update_one(#{}, #{ n: 1 }));
        assert_throws(errors::InvalidArgument, || db.c.update_one(#{}, #{ "$set": #{ a: 1 }, b: 1 }));
        assert_throws(errors::InvalidArgument, || db.c.replace_one(#{}, #{ "$set": #{ n: 1 } }));
        assert_throws(errors::InvalidArgument, || db.c.insert_many([]));
        let err = assert_throws(errors::InvalidArgument, || db.c.insert_one(#{ items: [#{}, #{ price: client }] }));
        assert("items[1].price" in err.message, err.message);
        assert_throws(errors::InvalidUri, || connect("postgres://nowhere"));
        assert_throws(errors::InvalidUri, || connect("mongodb://").ping());
        assert_throws(errors::InvalidId, || ObjectId("abc"));
        assert_eq(db.list_collection_names(), []);
        "#,
    );
}

#[test]
fn a_user_has_only_the_granted_rights() {
    run_code(
        "errors_users",
        r#"
        db.create_user("clerk", "s3cret", [#{ role: "read", db: db.name }]);
        assert_eq(db.users().map(|u| u.user), ["clerk"]);
        let clerk = connect(#{ username: "clerk", password: "s3cret", auth_source: db.name });
        assert_eq(clerk[db.name].c.count_documents(), 0);
        let err = assert_throws(errors::Unauthorized, || clerk[db.name].c.insert_one(#{ n: 1 }));
        assert_eq(err.code, 13);
        assert_throws(errors::Unauthorized, || clerk["elsewhere"].c.find_one());

        let wrong = connect(#{ username: "clerk", password: "gu3ss", auth_source: db.name, server_selection_timeout_ms: 2000 });
        assert_throws(errors::Authentication, || wrong.ping());
        assert_throws(errors::Authentication, || wrong[db.name].c.find_one());
        db.drop_user("clerk");
        assert_eq(db.users(), []);
        "#,
    );
}

#[test]
fn a_closed_client_closes_its_collections_and_cursors() {
    run_code(
        "errors_closed",
        r#"
        let other = connect(#{ app_name: "other" });
        let things = other[db.name].things;
        things.insert_many([#{ n: 1 }, #{ n: 2 }, #{ n: 3 }]);
        let cursor = things.find().batch_size(2);
        cursor.next();
        other.close();
        assert(other.is_closed);
        assert_throws(errors::ClientClosed, || other.ping());
        assert_throws(errors::ClientClosed, || things.insert_one(#{ n: 4 }));
        assert_throws(errors::ClientClosed, || things.find().next());
        other.close();
        assert_eq(db.things.count_documents(), 3);
        "#,
    );
}

#[test]
fn each_timeout_has_an_error_kind() {
    run_code(
        "errors_time",
        r#"
        db.c.insert_one(#{ n: 1 });
        let slow = #{ "$where": "sleep(3000); return true" };

        let hasty = connect(#{ timeout_ms: 300 });
        let run = timed(|| assert_throws(errors::OperationTimeout, || hasty[db.name].c.find_one(slow)));
        assert(run.value.is_timeout);
        assert(run.ms < 1500.0, `${run.ms} ms`);
        hasty.close();

        let err = assert_throws(errors::OperationTimeout, || db.c.find(slow).max_time_ms(200).next());
        assert_eq(err.code, 50);

        let nobody = connect("mongodb://127.0.0.1:1/", #{ server_selection_timeout_ms: 300 });
        let err = assert_throws(errors::ServerSelectionTimeout, || nobody.ping());
        assert(err.is_timeout);
        nobody.close();
        "#,
    );
}

#[test]
fn a_call_without_a_connection_is_never_sent() {
    let server = SharedServer::get();
    // Another thread keeps the only connection of the pool busy.
    let uri = server.uri();
    let separator = if uri.contains('?') { '&' } else { '?' };
    let uri = format!("{uri}{separator}maxPoolSize=1&waitQueueTimeoutMS=300");
    let bridge = seaworthy::mongo::Bridge::new().unwrap();
    let uri = seaworthy::mongo::ConnectionString::new(uri);
    let client = seaworthy::mongo::Client::open(&bridge, &uri, bson::Document::new()).unwrap();
    let run = |command: bson::Document| {
        let interrupt = seaworthy::mongo::Interrupt::new(None);
        client.call(&interrupt, move |session| {
            Box::pin(async move {
                let database = session.client().database("errors_pool");
                database.run_command(command).session(session).await
            })
        })
    };
    run(bson::doc! { "insert": "c", "documents": [{ "_id": 1 }] }).unwrap();
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            run(bson::doc! { "find": "c", "filter": { "$where": "sleep(1500); return true" } })
        });
        eventually("the only connection is in use", || {
            client.pool().counts().in_use == 1
        });
        let refused = run(bson::doc! { "insert": "c", "documents": [{ "_id": 2 }] });
        match refused {
            Err(seaworthy::mongo::CallError::Error(error)) => {
                assert_eq!(error.kind(), seaworthy::error::Kind::PoolWaitTimeout);
            }
            other => panic!("{other:?}"),
        }
        busy.join().unwrap().unwrap();
    });
    // This command comes after everything that waited for the same connection.
    run(bson::doc! { "insert": "c", "documents": [{ "_id": 3 }] }).unwrap();
    assert_eq!(
        server
            .eval("errors_pool", "db.c.distinct(\"_id\").to_string()")
            .out,
        "[1, 3]\n",
        "the refused insert must not arrive"
    );
}

#[test]
fn no_password_is_ever_shown() {
    let server = SharedServer::get();
    let secret = "Tr0ub4dor";
    for code in [
        format!(
            "connect(\"mongodb://ada:{secret}@127.0.0.1:1/?serverSelectionTimeoutMS=200\").ping()"
        ),
        format!("connect(\"mongodb://ada:{secret}@\").ping()"),
        format!("connect(\"mongodb://ada:{secret}@h:1:2:3/\").ping()"),
        format!("print(connect(#{{ username: \"ada\", password: \"{secret}\" }}).options)"),
        format!(
            "let c = connect(#{{ username: \"ada\", password: \"{secret}\", server_selection_timeout_ms: 500 }}); print(c); c.ping()"
        ),
        format!("connect(#{{ username: \"ada\", password: \"{secret}\", max_pol_size: 1 }})"),
        format!("db.create_user(\"ada\", \"{secret}\", [\"noSuchRole\"])"),
        format!("db.create_user(\"ada\", \"{secret}\", 5)"),
    ] {
        // Both a caught, printed error and an uncaught one with its source line hide the password.
        let script = format!(
            "try {{\n{code}\n}} catch (err) {{ print(err); print(`${{err.message}} ${{err.hint}} ${{err.details}}`); }}"
        );
        let ran = server.eval("errors_secrets", &script);
        assert_eq!(ran.code, Some(0), "{code}: {ran:?}");
        assert!(!ran.out.contains(secret), "{code}: {}", ran.out);
        assert!(!ran.errors.contains(secret), "{code}: {}", ran.errors);
        let ran = server.eval("errors_secrets", &code);
        assert!(!ran.errors.contains(secret), "{code}: {}", ran.errors);
        assert!(!ran.out.contains(secret), "{code}: {}", ran.out);
    }
}

#[test]
fn parallel_throws_the_error_of_the_failed_call() {
    let code = r#"parallel(3, 3, |i| if i == 1 { throw "one" } else { sleep(50) });"#;
    let error = SharedServer::get()
        .run("errors_parallel", code)
        .unwrap_err();
    assert!(error.starts_with("Thrown: one"), "{error}");
}

#[test]
fn failed_waits_for_a_connection_are_recorded() {
    let ran = crate::support::run_script(
        r#"
        let slow = connect(#{ max_pool_size: 2, wait_queue_timeout_ms: 200 });
        let block = slow.fail_point(#{ commands: ["ping"], times: 100, block_ms: 900 });
        slow.pool.reset();
        let kinds = parallel(5, 5, |i| try { slow.admin.command(#{ ping: 1 }); "ok" } catch (err) { err.kind });
        assert_eq(kinds.filter(|kind| kind == errors::PoolWaitTimeout).len(), 3);
        let failed = slow.pool.events().filter(|event| event.type == "ConnectionCheckOutFailed");
        assert_eq(failed.len(), 3);
        for event in failed {
            assert_eq(event.reason, "timeout");
            assert(event.duration_ms >= 190.0);
        }
        assert(slow.pool.wait_ms.max >= 190.0);
        let count = |name| slow.pool.events().filter(|event| event.type == name).len();
        let started = count.call("ConnectionCheckOutStarted");
        assert_eq(started, count.call("ConnectionCheckedOut") + 3);
        block.off();

        // The hint describes the pool at the moment when the wait ended.
        let block = slow.fail_point(#{ commands: ["ping"], times: 100, block_ms: 900 });
        let err = assert_throws(errors::PoolWaitTimeout, || parallel(3, 3, |i| slow.admin.command(#{ ping: 1 })));
        assert("at the most, 2 in use now" in err.hint, err.hint);
        block.off();
        "#,
    );
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}
