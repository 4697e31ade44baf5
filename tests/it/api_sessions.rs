use crate::support::Lab;

/// Runs a transaction whose closure counts its runs.
const COUNTED: &str = r#"
    db.create_collection("n");
    let s = client.start_session();
    let counted = |body| {
        let runs = 0;
        let how = "done";
        try {
            s.with_transaction(|| {
                runs += 1;
                db.n.insert_one(#{ _id: runs, kept: true }, #{ session: s });
                body.call(runs);
            });
        } catch (err) {
            how = if type_of(err) == "Error" { err.kind } else { err };
        }
        print(`${how}, ${runs} runs, ${db.n.count_documents()} kept, in a transaction: ${s.in_transaction}`);
        db.n.delete_many(#{});
    };
"#;

fn prints(script: &str) -> String {
    Lab::new().prints(&format!("{COUNTED}{script}"))
}

#[test]
fn a_transaction_is_retried_as_the_specification_says() {
    let out = prints(
        r#"
        let nothing = |run| ();
        // A conflict aborts the transaction on the server: run the closure again.
        let fault = client.fail_point(#{ commands: ["insert"], times: 2, error_code: 112 });
        counted.call(nothing);
        fault.off();
        // The answers to the commit and to its retry are lost: commit again, not the closure.
        fault = client.fail_point(#{ commands: ["commitTransaction"], times: 3, close_connection: true });
        counted.call(nothing);
        print(fault.times_fired);
        fault.off();
        // The error of the commit asks to run the closure again.
        fault = client.fail_point(#{ commands: ["commitTransaction"], times: 1, error_code: 251 });
        counted.call(nothing);
        fault.off();
        // The label of a rethrown error counts.
        fault = client.fail_point(#{ commands: ["update"], times: 1, error_code: 112 });
        counted.call(|run| {
            try { db.n.update_one(#{ _id: run }, #{ "$set": #{ n: 1 } }, #{ session: s }); } catch (err) { throw err; }
        });
        fault.off();
        "#,
    );
    assert_eq!(
        out,
        "done, 3 runs, 1 kept, in a transaction: false\n\
         done, 1 runs, 1 kept, in a transaction: false\n3\n\
         done, 2 runs, 1 kept, in a transaction: false\n\
         done, 2 runs, 1 kept, in a transaction: false\n"
    );
}

#[test]
fn other_errors_abort_the_transaction_and_are_rethrown() {
    let out = prints(
        r#"
        counted.call(|run| throw "changed my mind");
        counted.call(|run| { db.n.insert_one(#{ _id: run }, #{ session: s }); });
        counted.call(|run| { db.n.update_one(#{ _id: run }, #{ "$set": #{ _id: 9 } }, #{ session: s }); });
        // The time limit of the commit is over, so that a retry would not help.
        let fault = client.fail_point(#{ commands: ["commitTransaction"], times: 9, error_code: 50 });
        counted.call(|run| ());
        print(fault.times_fired);
        fault.off();
        // The closure may end the transaction itself.
        counted.call(|run| { s.abort_transaction(); });
        counted.call(|run| { s.commit_transaction(); });
        "#,
    );
    assert_eq!(
        out,
        "changed my mind, 1 runs, 0 kept, in a transaction: false\n\
         DuplicateKey, 1 runs, 0 kept, in a transaction: false\n\
         CommandFailed, 1 runs, 0 kept, in a transaction: false\n\
         OperationTimeout, 1 runs, 0 kept, in a transaction: false\n1\n\
         done, 1 runs, 0 kept, in a transaction: false\n\
         done, 1 runs, 1 kept, in a transaction: false\n"
    );
}

#[test]
fn unsupported_uses_of_a_session_are_refused() {
    let out = prints(
        r#"
        let refused = |attempt| print(assert_throws(errors::InvalidArgument, attempt).message);
        let other = connect(#{ app_name: "other" });
        refused.call(|| other[db.name].n.find_one(1, #{ session: s }));
        s.start_transaction();
        refused.call(|| s.start_transaction());
        refused.call(|| db.n.watch(#{ session: s }));
        s.abort_transaction();
        refused.call(|| s.commit_transaction());
        s.end();
        refused.call(|| db.n.find_one(1, #{ session: s }));
        refused.call(|| db.n.find_one(1, #{ session: "s" }));
        "#,
    );
    assert_eq!(
        out,
        "the session of `find_one` belongs to another client\n\
         transaction already in progress\n\
         a change stream cannot be a part of a transaction\n\
         cannot call commitTransaction after calling abortTransaction\n\
         the session has ended\n\
         option `session` of `find_one` is a string, expected a Session, from `client.start_session()`\n"
    );
}

#[test]
fn a_session_reads_its_own_writes() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let near = connect(rs, #{ w: 1 });
        let n = near.shop.n;
        n.with_options(#{ write_concern: #{ w: 3 } }).insert_one(#{ _id: 0 });
        for member in rs.secondaries { member.stop_replication(); }
        let s = near.start_session();
        n.insert_one(#{ _id: 1 }, #{ session: s });
        // Without the session, a lagging member returns older data.
        let far = #{ read_preference: "secondary", max_time_ms: 500 };
        print(n.find_one(1, far));
        far.session = s;
        // With the session, a lagging member waits for the write.
        print(assert_throws(errors::OperationTimeout, || n.find_one(1, far)).kind);
        for member in rs.secondaries { member.resume_replication(); }
        far.max_time_ms = 30000;
        print(n.find_one(1, far));
        for d in n.find(#{}, far).sort("_id") { print(d); }
        "#,
    );
    assert_eq!(
        out,
        "\nOperationTimeout\n#{ _id: 1 }\n#{ _id: 0 }\n#{ _id: 1 }\n"
    );
}

#[test]
fn a_watch_in_a_session_starts_after_its_last_operation() {
    let out = Lab::new().prints(
        r#"
        let s = client.start_session();
        db.n.insert_one(#{ _id: "own" }, #{ session: s });
        db.n.insert_one(#{ _id: "later" });
        let stream = db.n.watch(#{ session: s });
        print(stream.next().documentKey._id);
        db.n.insert_one(#{ _id: "last" });
        print(stream.next().documentKey._id);
        // An explicit resume token is used instead.
        let token = stream.resume_token;
        db.n.insert_one(#{ _id: "after the token" });
        print(db.n.watch(#{ session: s, resume_after: token }).next().documentKey._id);
        "#,
    );
    assert_eq!(out, "later\nlast\nafter the token\n");
}

#[test]
fn every_call_to_the_server_takes_a_session() {
    let out = Lab::new().prints(
        r#"
        let s = client.start_session();
        let own = #{ session: s };
        db.n.insert_one(#{ _id: 1 });
        // Each call works in an open session and is refused in an ended one.
        let calls = [
            || db.n.find(#{}, own).to_array(), || db.n.find_one(1, own), || db.n.count_documents(#{}, own),
            || db.n.estimated_document_count(own), || db.n.distinct("a", #{}, own), || db.n.aggregate([], own).to_array(),
            || db.n.insert_one(#{}, own), || db.n.insert_many([#{}], own), || db.n.update_one(#{}, #{ "$set": #{ a: 1 } }, own),
            || db.n.update_many(#{}, #{ "$set": #{ a: 1 } }, own), || db.n.replace_one(#{}, #{ a: 1 }, own),
            || db.n.bulk_write([#{ insert_one: #{ document: #{} } }], own),
            || db.n.find_one_and_update(#{}, #{ "$set": #{ a: 2 } }, own), || db.n.find_one_and_replace(#{}, #{ a: 1 }, own),
            || db.n.find_one_and_delete(#{}, own), || db.n.delete_one(#{}, own), || db.n.delete_many(#{}, own),
            || db.n.create_index("a", own), || db.n.drop_index("a_1", own), || db.n.create_indexes([#{ keys: "b" }], own),
            || db.n.list_indexes(own), || db.n.drop_indexes(own), || db.n.watch(own).close(), || db.watch(own).close(),
            || client.watch(own).close(), || db.command(#{ ping: 1 }, own), || db.list_collections(own),
            || db.list_collection_names(own), || client.list_databases(own), || client.list_database_names(own),
            || client.admin.aggregate([#{ "$currentOp": #{} }], own).to_array(), || db.create_collection("m", own),
            || db.m.rename("o", own), || db.o.drop(own), || db.drop(own), || client.drop_database(db.name, own),
        ];
        for reach in calls { reach.call(); }
        s.end();
        for (reach, index) in calls {
            let said = assert_throws(errors::InvalidArgument, reach).message;
            if said != "the session has ended" { print(`${index}: ${said}`); }
        }
        print(`${calls.len()} calls`);
        "#,
    );
    assert_eq!(out, "36 calls\n");
}
