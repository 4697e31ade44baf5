use crate::support::Lab;

#[test]
fn a_lost_connection_or_primary_is_retried_once() {
    let out = Lab::new().prints(
        r#"
        db.n.insert_one(#{ _id: 1, n: 0 });
        let inc = #{ update_one: #{ filter: #{ _id: 1 }, update: #{ "$inc": #{ n: 1 } } } };
        let operations = [inc, inc, #{ insert_one: #{ document: #{ _id: 2 } } }, #{ delete_one: #{ filter: #{ _id: 2 } } }];
        for fault in [
            #{ commands: ["insert", "update", "delete"], times: 1, close_connection: true },
            #{ commands: ["update"], times: 1, close_connection: true },
            #{ commands: ["delete"], times: 1, error_code: 10107 },
        ] {
            let point = client.fail_point(fault);
            let r = db.n.bulk_write(operations);
            print([point.times_fired, r.modified_count, r.inserted_count, r.deleted_count, db.n.find_one().n]);
            point.off();
        }
        let twice = client.fail_point(#{ commands: ["delete"], times: 2, close_connection: true });
        let err = assert_throws(errors::Network, || db.n.bulk_write(operations));
        print([err.result.modified_count, err.result.inserted_ids, err.result.unknown, err.result.not_applied]);
        assert("RetryableWriteError" in err.labels);
        twice.off();
        db.n.delete_many(#{ _id: 2 });
        "#,
    );
    assert_eq!(
        out,
        "[1, 2, 1, 1, 2]\n[1, 2, 1, 1, 4]\n[1, 2, 1, 1, 6]\n[2, #{ \"2\": 2 }, [3], []]\n"
    );
}

#[test]
fn multi_document_and_unretryable_writes_are_not_repeated() {
    let out = Lab::new().prints(
        r#"
        db.n.insert_one(#{ _id: 1, n: 0 });
        let one = #{ update_one: #{ filter: #{ _id: 1 }, update: #{ "$inc": #{ n: 1 } } } };
        let many = #{ update_many: #{ filter: #{}, update: #{ "$inc": #{ n: 1 } } } };
        let lost = client.fail_point(#{ commands: ["update"], times: 1, close_connection: true });
        let err = assert_throws(errors::Network, || db.n.bulk_write([one, many, #{ delete_many: #{ filter: #{} } }]));
        print([err.result.unknown, err.result.not_applied, lost.times_fired, db.n.find_one().n]);
        assert("RetryableWriteError" !in err.labels, "these writes were not repeated");
        print(err.message);
        lost.off();
        let plain = connect(#{ retry_writes: false });
        lost = plain.fail_point(#{ commands: ["update"], times: 1, close_connection: true });
        err = assert_throws(errors::Network, || plain[db.name].n.bulk_write([one]));
        print([err.result.unknown, db.n.find_one().n]);
        lost.off();
        "#,
    );
    assert_eq!(
        out,
        "[[0, 1], [2], 1, 0]\nthe server closed the connection in the middle of the call; 0 of 3 operations were applied, and 2 may have been\n[[0], 0]\n"
    );
}

#[test]
fn a_large_insert_many_is_repeated_once_and_then_says_what_is_known() {
    let out = Lab::new().prints(
        r#"
        let docs = [];
        for n in 0..1200 { docs.push(#{ _id: n }); }
        let once = client.fail_point(#{ commands: ["insert"], times: 1, close_connection: true });
        db.n.insert_many(docs);
        print([once.times_fired, db.n.count_documents()]);
        once.off();
        db.n.delete_many(#{});
        let twice = client.fail_point(#{ commands: ["insert"], times: 2, close_connection: true });
        let err = assert_throws(errors::Network, || db.n.insert_many(docs));
        print(err.message);
        print([err.inserted_ids, "RetryableWriteError" in err.labels]);
        twice.off();
        "#,
    );
    assert_eq!(
        out,
        "[1, 1200]\nthe server closed the connection in the middle of the call; 0 of 1200 documents were inserted, and 1200 may have been\n[[], true]\n"
    );
}

/// The server drops the connection after the write is in its log.
#[test]
fn a_write_with_a_lost_answer_is_applied_once() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 1 });
        let set = connect(rs);
        let n = set.shop.n;
        n.insert_one(#{ _id: 1, n: 0 });
        let inc = #{ update_one: #{ filter: #{ _id: 1 }, update: #{ "$inc": #{ n: 1 } } } };
        let operations = []; for i in 0..50 { operations.push(inc); }
        let admin = set.admin;
        admin.command(#{ configureFailPoint: "onPrimaryTransactionalWrite", mode: #{ times: 1 }, data: #{} });
        let closed = set.pool.closed;
        let r = n.bulk_write(operations);
        print([r.matched_count, r.modified_count, n.find_one().n, set.pool.closed - closed]);

        admin.command(#{ configureFailPoint: "failCommand", mode: #{ times: 1 }, data: #{
            failCommands: ["update"], errorLabels: ["RetryableWriteError"],
            writeConcernError: #{ code: 91, errmsg: "going down" } } });
        r = n.bulk_write(operations);
        print([r.matched_count, r.modified_count, n.find_one().n]);

        n.insert_one(#{ _id: 2, n: 0 });
        n.update_one(#{ _id: 2 }, #{ "$inc": #{ n: 1 } });
        let s = set.start_session();
        for i in 0..5 {
            n.update_one(#{ _id: 2 }, #{ "$inc": #{ n: 1 } }, #{ session: s });
            n.bulk_write([#{ update_one: #{ filter: #{ _id: 2 }, update: #{ "$inc": #{ n: 1 } } } }], #{ session: s });
            n.bulk_write([#{ update_one: #{ filter: #{ _id: 2 }, update: #{ "$inc": #{ n: 1 } } } }]);
            n.update_one(#{ _id: 2 }, #{ "$inc": #{ n: 1 } });
        }
        print(n.find_one(#{ _id: 2 }, #{ session: s }).n);
        s.end();
        print(assert_throws(errors::InvalidArgument, || n.bulk_write([inc], #{ session: s })).message);
        "#,
    );
    assert_eq!(
        out,
        "[50, 50, 50, 1]\n[50, 50, 100]\n21\nthe session has ended\n"
    );
}

#[test]
fn a_bulk_write_in_a_transaction_is_atomic() {
    let out = Lab::new().prints(
        r#"
        db.create_collection("t");
        let operations = [
            #{ insert_one: #{ document: #{ _id: 1 } } },
            #{ update_many: #{ filter: #{}, update: #{ "$set": #{ n: 1 } } } },
            #{ insert_one: #{ document: #{ _id: 2 } } },
        ];
        let s = client.start_session();
        let careful = db.t.with_options(#{ write_concern: #{ w: "majority" } });
        s.start_transaction();
        print(careful.bulk_write(operations, #{ session: s }).inserted_count);
        print([db.t.count_documents(), db.t.count_documents(#{}, #{ session: s })]);
        s.abort_transaction();
        print(db.t.count_documents());
        s.with_transaction(|| careful.bulk_write(operations, #{ session: s, ordered: false }));
        print(db.t.count_documents());
        s.start_transaction();
        let lost = client.fail_point(#{ commands: ["insert"], times: 1, close_connection: true });
        let err = assert_throws(errors::Network, || db.t.bulk_write([#{ insert_one: #{ document: #{ _id: 3 } } }], #{ session: s }));
        print(err.labels);
        s.abort_transaction();
        print([lost.times_fired, db.t.count_documents()]);
        "#,
    );
    assert_eq!(
        out,
        "2\n[0, 2]\n0\n2\n[\"TransientTransactionError\"]\n[1, 2]\n"
    );
}

#[test]
fn a_write_concern_timeout_lists_the_applied_operations() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let orders = connect(rs, #{ write_concern: #{ w: "majority", wtimeout: 300 } }).shop.orders;
        orders.insert_one(#{ _id: 0 }, #{ write_concern: #{ w: 3 } });
        for member in rs.secondaries { member.stop_replication(); }
        let operations = [
            #{ insert_one: #{ document: #{ _id: 1 } } },
            #{ delete_one: #{ filter: #{ _id: 0 } } },
            #{ insert_one: #{ document: #{ _id: 2 } } },
        ];
        let err = assert_throws(errors::WriteConcernTimeout, || orders.bulk_write(operations));
        print([err.code, err.is_timeout, err.result.inserted_count, err.result.deleted_count]);
        print([err.result.write_concern_errors.len(), err.result.not_applied, err.inserted_ids]);
        err = assert_throws(errors::DuplicateKey, || orders.bulk_write([#{ insert_one: #{ document: #{ _id: 1 } } }]));
        print(err.result.write_concern_errors.len());
        let r = orders.bulk_write([#{ insert_one: #{ document: #{ _id: 3 } } }], #{ write_concern: #{ w: 1 } });
        print(r.inserted_ids);
        for member in rs.secondaries { member.resume_replication(); }
        "#,
    );
    assert_eq!(out, "[64, true, 2, 1]\n[3, [], [1, 2]]\n1\n#{ \"0\": 3 }\n");
}

/// Every operation is in exactly one of the result lists, and the lists are correct.
#[test]
fn every_operation_is_accounted_for_when_the_primary_dies() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let safe = #{ write_concern: #{ w: "majority" }, retry_writes: false, server_selection_timeout_ms: 20000 };
        let set = connect(rs, safe);
        let orders = set.shop.orders;
        let operations = [];
        for i in 0..800 {
            operations.push(#{ insert_one: #{ document: #{ _id: i } } });
            operations.push(#{ update_one: #{ filter: #{ _id: i }, update: #{ "$set": #{ n: 1 } } } });
        }
        let first = rs.primary;
        let killer = background(|| {
            eventually(20, || orders.count_documents() > 100);
            first.kill();
        });
        let err = assert_throws(errors::Network, || orders.bulk_write(operations));
        killer.join();
        let r = err.result;
        assert(r.inserted_count >= 100);
        assert_eq(r.unknown.len(), 1);
        let applied = r.inserted_count + r.matched_count;
        assert_eq(applied + r.unknown.len() + r.not_applied.len(), 1600);
        assert_eq(r.unknown[0], applied);
        assert_eq(err.inserted_ids.len(), r.inserted_count);
        rs.wait_for_primary(30);
        let there = connect(rs).shop.orders.count_documents();
        assert(there >= r.inserted_count && there <= r.inserted_count + 1);

        let robust = connect(rs, #{ write_concern: #{ w: "majority" } }).shop.again;
        let second = rs.primary;
        first.start();
        rs.wait_for_primary(30);
        killer = background(|| {
            eventually(20, || robust.count_documents() > 100);
            second.kill();
        });
        r = robust.bulk_write(operations);
        killer.join();
        print([r.inserted_count, r.matched_count, r.modified_count, robust.count_documents(#{ n: 1 })]);
        "#,
    );
    assert_eq!(out, "[800, 800, 800, 800]\n");
}
