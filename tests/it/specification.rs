//! Requirements of the driver specifications that other tests do not cover. `docs/conformance.md` lists all of them.

use crate::support::Lab;

/// Runs a script that asserts what it expects, on a server of its own.
fn holds(script: &str) {
    assert_eq!(
        Lab::new().prints(&format!("{script}\nprint(\"held\");")),
        "held\n"
    );
}

#[test]
fn a_change_stream_resumes_only_after_resumable_errors() {
    holds(
        r#"
        // Returns what the stream says after the server has failed one `getMore`.
        fn after(plan, name) {
            let events = db[name].watch(#{ max_await_time_ms: 100 });
            let failing = client.fail_point(plan + #{ commands: ["getMore"], times: 1 });
            eventually(30, || failing.times_fired == 1);
            failing.off();
            db[name].insert_one(#{});
            try { events.next(30).operationType } catch (err) { err.code }
        }
        assert_eq(after(#{ error_code: 43 }, "lost_cursor"), "insert");
        assert_eq(after(#{ close_connection: true }, "lost_connection"), "insert");
        assert_eq(after(#{ error_code: 8 }, "other"), 8);
        // The server labels the errors of a real election, but not those of a fail point.
        assert_eq(after(#{ error_code: 10107 }, "unlabelled"), 10107);
        let events = db.labelled.watch(#{ max_await_time_ms: 100 });
        let labels = ["ResumableChangeStreamError"];
        client.admin.command(#{
            configureFailPoint: "failCommand", mode: #{ times: 1 },
            data: #{ failCommands: ["getMore"], errorCode: 8, errorLabels: labels },
        });
        assert_eq(events.next(1), ());
        db.labelled.insert_one(#{});
        assert_eq(events.next(30).operationType, "insert");
        "#,
    );
}

#[test]
fn a_change_stream_that_fails_to_resume_loses_no_event() {
    holds(
        r#"
        let events = db.orders.watch(#{ max_await_time_ms: 100 });
        // The server closes the connection of a `getMore` and that of the attempt to resume.
        let failing = client.fail_point(#{
            commands: ["getMore", "aggregate"], times: 2, close_connection: true, block_ms: 300,
        });
        eventually(30, || failing.times_fired >= 1);
        db.orders.insert_one(#{ _id: 1 });
        eventually(30, || failing.times_fired == 2);
        failing.off();
        db.orders.insert_one(#{ _id: 2 });
        assert_eq(events.take(2, 30).map(|event| event.documentKey._id), [1, 2]);
        "#,
    );
}

#[test]
fn opening_a_change_stream_is_retried_once() {
    holds(
        r#"
        let refused = #{ commands: ["aggregate"], times: 1, close_connection: true };
        let failing = client.fail_point(refused);
        let events = db.orders.watch();
        assert_eq(failing.times_fired, 1);
        failing.off();
        let failing = client.fail_point(refused + #{ times: 2 });
        assert_throws(errors::Network, || db.orders.watch());
        failing.off();
        let once = connect(#{ retry_reads: false });
        let failing = once.fail_point(refused);
        assert_throws(errors::Network, || once.again.orders.watch());
        failing.off();
        "#,
    );
}

#[test]
fn concerns_and_read_preferences_have_the_names_of_connection_strings() {
    holds(
        r#"
        let uri = "mongodb://127.0.0.1:1/?";
        let both = [
            connect(uri + "journal=true&readPreference=secondary&maxStalenessSeconds=120"),
            connect(uri, #{ write_concern: #{ journal: true }, read_preference: "secondary", max_staleness_seconds: 120 }),
            connect(uri, #{ writeConcern: #{ j: true }, readPreference: #{ mode: "secondary", maxStalenessSeconds: 120 } }),
        ];
        for client in both {
            assert_eq(client.options.write_concern, #{ j: true });
            assert_eq(client.options.read_preference, #{ mode: "secondary", max_staleness_seconds: 120 });
        }
        for wrong in [#{ max_staleness_seconds: 120 }, #{ tags: [#{ dc: "ny" }] }] {
            assert_throws(errors::InvalidArgument, || connect(uri, #{ read_preference: #{ mode: "primary" } + wrong }));
        }
        assert_throws(errors::InvalidUri, || connect(uri + "readPreference=primary&maxStalenessSeconds=120"));
        let stale = #{ mode: "secondaryPreferred", max_staleness_seconds: 89 };
        assert_throws(errors::InvalidArgument, || db.a.with_options(#{ read_preference: stale }).find_one());
        assert_eq(db.a.with_options(#{ read_preference: stale + #{ max_staleness_seconds: 90 } }).find_one(), ());
        "#,
    );
}

#[test]
fn a_transaction_has_one_read_preference_and_one_write_concern() {
    holds(
        r#"
        db.create_collection("a");
        let s = client.start_session();
        for own in [#{ write_concern: #{ w: 1 } }, #{ writeConcern: #{ w: 1 } }] {
            s.start_transaction();
            assert_throws(errors::InvalidArgument, || db.a.insert_one(#{}, own + #{ session: s }));
            s.abort_transaction();
        }
        s.start_transaction();
        assert_throws(errors::InvalidArgument, || db.a.find_one(#{}, #{ session: s, read_concern: "majority" }));
        // Those of the collection are ignored.
        let other = db.a.with_options(#{ write_concern: #{ w: 1 }, read_concern: "majority" });
        other.insert_one(#{ _id: 1 }, #{ session: s });
        s.commit_transaction();
        assert_eq(db.a.count_documents(), 1);
        for read in [
            |s| db.a.find_one(#{}, #{ session: s }),
            |s| db.command(#{ find: "a" }, #{ session: s }),
            |s| db.a.aggregate([], #{ session: s }).to_array(),
        ] {
            s.start_transaction(#{ read_preference: "secondary" });
            assert_throws(errors::InvalidArgument, || read.call(s));
            s.abort_transaction();
        }
        "#,
    );
}

#[test]
fn the_events_of_a_pool_have_the_order_of_the_specification() {
    holds(
        r#"
        let busy = connect(#{ max_pool_size: 3, app_name: "busy" });
        let kinds = |pool| pool.events().map(|e| if e.reason == () { e.type } else { `${e.type}: ${e.reason}` });
        busy.ping();
        eventually(30, || busy.pool.in_use == 0);
        assert_eq(kinds.call(busy.pool), [
            "PoolCreated", "PoolReady", "ConnectionCheckOutStarted", "ConnectionCreated", "ConnectionReady",
            "ConnectionCheckedOut", "ConnectionCheckedIn",
        ]);
        // At most `max_connecting` connections are opened at the same time, and at most `max_pool_size` in all.
        let slow = busy.fail_point(#{ commands: ["find"], times: 20, block_ms: 50 });
        parallel(12, 12, |i| busy.lessons.n.find_one());
        slow.off();
        let opening = 0;
        let open = 0;
        for e in busy.pool.events() {
            switch e.type {
                "ConnectionCreated" => { opening += 1; open += 1; }
                "ConnectionReady" => opening -= 1,
                "ConnectionClosed" => open -= 1,
            }
            assert(opening <= 2 && open <= 3, `${opening} of ${open}`);
        }
        // A network error clears the pool. Connections from before are closed when they are next seen.
        eventually(30, || busy.pool.in_use == 0);
        busy.pool.reset();
        let lost = busy.fail_point(#{ commands: ["find"], times: 1, close_connection: true });
        busy.lessons.n.find_one();
        eventually(30, || busy.pool.in_use == 0);
        let after = kinds.call(busy.pool);
        assert("ConnectionClosed: error" in after && "ConnectionClosed: stale" in after, after);
        assert(after.index_of("PoolCleared") < after.index_of("PoolReady"), after);
        busy.close();
        assert("PoolClosed" in kinds.call(busy.pool));

        let idle = connect(#{ max_idle_time_ms: 50, app_name: "idle" });
        idle.ping();
        sleep(0.3);
        idle.ping();
        assert("ConnectionClosed: idle" in kinds.call(idle.pool));
        "#,
    );
}

#[test]
fn reads_and_single_writes_are_retried_once() {
    holds(
        r#"
        // Returns the outcome of a call whose command loses its connection, and how often it was sent in vain.
        fn losing(client, command, times, work) {
            let fault = client.fail_point(#{ commands: [command], times: times, close_connection: true });
            let outcome = try { work.call(); "done" } catch (err) { err.kind };
            let fired = fault.times_fired;
            fault.off();
            [outcome, fired]
        }
        let n = db.n;
        n.insert_many([#{}, #{}, #{}]);
        let set = #{ "$set": #{ a: 1 } };
        let retried = [
            ["find", || n.find_one()], ["find", || n.find().to_array()], ["aggregate", || n.count_documents()],
            ["aggregate", || n.aggregate([]).to_array()], ["distinct", || n.distinct("a")],
            ["count", || n.estimated_document_count()], ["insert", || n.insert_one(#{})], ["insert", || n.insert_many([#{}])],
            ["update", || n.update_one(#{}, set)], ["update", || n.replace_one(#{}, #{ a: 1 })],
            ["delete", || n.delete_one(#{})], ["findAndModify", || n.find_one_and_update(#{}, set)],
            ["findAndModify", || n.find_one_and_delete(#{})],
        ];
        for (attempt, at) in retried {
            assert_eq(losing(client, attempt[0], 1, attempt[1]), ["done", 1], `${at}: ${attempt[0]}`);
        }
        assert_eq(losing(client, "find", 2, || n.find_one()), ["Network", 2]);
        // Not retried: the next batch, a write of many documents, and everything in a transaction.
        assert_eq(losing(client, "getMore", 1, || n.find().batch_size(2).to_array()), ["Network", 1]);
        assert_eq(losing(client, "update", 1, || n.update_many(#{}, set)), ["Network", 1]);
        assert_eq(losing(client, "delete", 1, || n.delete_many(#{ a: 9 })), ["Network", 1]);
        let s = client.start_session();
        s.start_transaction();
        n.insert_one(#{}, #{ session: s });
        assert_eq(losing(client, "find", 1, || n.find_one(#{}, #{ session: s })), ["Network", 1]);
        s.abort_transaction();
        let plain = connect(#{ retry_writes: false, retry_reads: false, app_name: "plain" });
        assert_eq(losing(plain, "insert", 1, || plain.lessons.n.insert_one(#{})), ["Network", 1]);
        assert_eq(losing(plain, "find", 1, || plain.lessons.n.find_one()), ["Network", 1]);
        "#,
    );
}

#[test]
fn results_of_single_writes_have_the_fields_of_the_specification() {
    holds(
        r#"
        let n = db.n;
        assert_eq(n.insert_one(#{ _id: 1, a: 1 }).inserted_id, 1);
        assert_eq(type_of(n.insert_one(#{ a: 2 }).inserted_id), "ObjectId");
        assert_eq(n.insert_many([#{ _id: 3 }, #{ _id: 4 }]).inserted_ids, [3, 4]);
        let same = n.update_one(#{ _id: 1 }, #{ "$set": #{ a: 1 } });
        assert_eq([same.matched_count, same.modified_count, same.upserted_id], [1, 0, ()]);
        let made = n.update_one(#{ _id: 9 }, #{ "$set": #{ a: 1 } }, #{ upsert: true });
        assert_eq([made.matched_count, made.modified_count, made.upserted_id], [0, 0, 9]);
        let put = n.replace_one(#{ _id: 10 }, #{ b: 1 }, #{ upsert: true });
        assert_eq([put.matched_count, put.upserted_id], [0, 10]);
        assert_eq(n.find_one_and_update(#{ _id: 9 }, #{ "$inc": #{ a: 1 } }), #{ _id: 9, a: 1 });
        let after = #{ return_document: "after" };
        assert_eq(n.find_one_and_update(#{ _id: 9 }, #{ "$inc": #{ a: 1 } }, after), #{ _id: 9, a: 3 });
        assert_eq(n.find_one_and_delete(#{ _id: "none" }), ());
        assert_eq(n.delete_one(#{ _id: "none" }).deleted_count, 0);
        assert_eq(n.delete_many(#{ _id: #{ "$in": [3, 4] } }).deleted_count, 2);
        assert_eq(n.count_documents(#{ a: #{ "$exists": true } }), 3);
        assert_eq(db.missing.count_documents(), 0);
        assert_eq(db.missing.estimated_document_count(), 0);
        "#,
    );
}

#[test]
fn a_session_is_used_by_one_task_at_a_time() {
    holds(
        r#"
        db.n.insert_one(#{});
        let s = client.start_session();
        let slow = #{ "$where": "sleep(3000) || true" };
        let outcomes = parallel(2, 2, |i| try {
            db.n.find_one(slow, #{ session: s });
            "done"
        } catch (err) {
            err.kind
        });
        outcomes.sort();
        assert_eq(outcomes, ["InvalidArgument", "done"]);
        db.n.find_one(#{}, #{ session: s });
        "#,
    );
}
