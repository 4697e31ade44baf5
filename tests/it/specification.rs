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
