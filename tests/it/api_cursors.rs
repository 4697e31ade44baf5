use crate::support::SharedServer;

fn run_code(database: &str, code: &str) {
    SharedServer::get().prints(database, code);
}

#[test]
fn a_cursor_sends_its_query_at_the_first_document() {
    run_code(
        "cursors_lazy",
        r#"
        let later = db.n.find(#{ n: #{ "$gt": 1 } });
        db.n.insert_many([#{ n: 1 }, #{ n: 2 }, #{ n: 3 }]);
        assert_eq(later.sort("n", -1).to_array().map(|d| d.n), [3, 2]);
        let err = assert_throws(errors::InvalidArgument, || later.limit(1));
        assert("late" in err.message);

        let grouped = db.n.aggregate([#{ "$group": #{ _id: (), total: #{ "$sum": "$n" } } }]);
        db.n.insert_one(#{ n: 4 });
        assert_eq(grouped.next().total, 10);
        assert_eq(grouped.next(), ());

        let closed = db.n.find();
        assert(closed.next() != ());
        closed.close();
        assert_eq(closed.next(), ());

        let seen = 0;
        for document in db.n.find().batch_size(2) { seen += document.n; }
        assert_eq(seen, 10);
        "#,
    );
}

#[test]
fn ten_thousand_documents_arrive_once_and_in_order() {
    run_code(
        "cursors_many",
        r#"
        let docs = [];
        for n in 0..10000 { docs.push(#{ _id: n }); }
        db.n.insert_many(docs);
        let expected = 0;
        for document in db.n.find().sort("_id") {
            if document._id != expected { throw `${document._id} came after ${expected}`; }
            expected += 1;
        }
        assert_eq(expected, 10000);
        for size in [1, 100, 101, 3333, 9999, 10000, 10001] {
            let count = if size == 1 { 250 } else { 10000 };
            assert_eq(db.n.find().limit(count).batch_size(size).to_array().len(), count);
        }
        assert_eq(db.n.find().sort("_id").skip(9990).to_array().map(|d| d._id), [9990, 9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999]);
        "#,
    );
}

#[test]
fn a_pipeline_that_writes_runs_at_once() {
    run_code(
        "cursors_out",
        r#"
        db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
        db.n.aggregate([#{ "$match": #{ n: 2 } }, #{ "$out": "copy" }]);
        assert_eq(db.copy.count_documents(), 1);
        db.n.aggregate([#{ "$merge": "merged" }]);
        assert_eq(db.merged.count_documents(), 2);
        "#,
    );
}

#[test]
fn find_one_takes_an_id() {
    run_code(
        "cursors_by_id",
        r#"
        let id = db.n.insert_one(#{ n: 1 }).inserted_id;
        db.n.insert_one(#{ _id: "x", n: 2 });
        db.n.insert_one(#{ _id: 7, n: 3 });
        assert_eq(db.n.find_one(id).n, 1);
        assert_eq(db.n.find_one("x").n, 2);
        assert_eq(db.n.find_one(7).n, 3);
        assert_eq(db.n.find_one(#{ n: 3 })._id, 7);
        assert_eq(db.n.find_one(8), ());
        assert_eq(db.n.find_one(#{}, #{ sort: #{ n: -1 }, projection: #{ _id: 0 } }), #{ n: 3 });
        "#,
    );
}

#[test]
fn closures_may_use_their_own_handle() {
    run_code(
        "cursors_closures",
        r#"
        let items = db.items;
        items.insert_many([#{ n: 1 }, #{ n: 2 }]);
        assert_eq(items.find().to_array().map(|d| items.count_documents()), [2, 2]);
        assert_eq(items.find().to_array().filter(|d| items.find_one(#{ n: d.n + 1 }) != ()).len(), 1);
        let cursor = items.find();
        let rest = || cursor.next();
        assert_eq(rest.call().n, 1);
        assert_eq(cursor.next().n, 2);
        let make = |name| db[name].insert_one(#{ at: items.name });
        make.call("other");
        assert_eq(db.other.count_documents(), 1);
        "#,
    );
}

#[test]
fn a_captured_handle_can_be_assigned_again() {
    run_code(
        "cursors_assigned",
        r#"
        let items = db.items;
        let count = || items.count_documents();
        items = db.others;
        items.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
        assert_eq(count.call(), 2);
        // A callback uses the handle whose method runs it, also after an assignment.
        let s = client.start_session();
        let insert = || items.insert_one(#{ _id: items.count_documents() + 1 }, #{ session: s });
        s.with_transaction(insert);
        s = client.start_session();
        s.with_transaction(insert);
        assert_eq(count.call(), 4);
        let cursor = items.find(#{}, #{ sort: #{ _id: 1 } });
        let next = || cursor.next();
        cursor = items.find(#{}, #{ sort: #{ _id: -1 } });
        let seen = [];
        cursor.for_each(|d| { seen.push(d._id); if d._id == 4 { seen.push(next.call()._id) } });
        assert_eq(seen, [4, 3, 2, 1]);
        // A parameter, and a stream that a loop reads and that is assigned again.
        fn renamed(items, db) { items = db.other; items.name }
        assert_eq(renamed(items, db), "other");
        let stream = items.watch();
        let closed = || stream.close();
        for id in [5, 6] {
            items.insert_one(#{ _id: id });
            for change in stream {
                assert_eq(change.documentKey._id, id);
                break;
            }
            closed.call();
            stream = items.watch();
        }
        let plain = items.watch();
        plain = items.watch([], #{ max_await_time_ms: 10 });
        items.insert_one(#{ _id: 7 });
        for change in plain { break; }
        "#,
    );
}

/// Also with functions that use `this`, where Rhai would hold the lock of the variable.
#[test]
fn a_function_with_this_may_use_the_same_handle_in_a_callback() {
    run_code(
        "cursors_this",
        r#"
        fn both(count) { [this.count_documents(), count.call()] }
        let items = db.items;
        items.insert_one(#{ _id: 1 });
        assert_eq(items.both(|| items.count_documents()), [1, 1]);
        "#,
    );
}

#[test]
fn options_reach_the_server() {
    run_code(
        "cursors_options",
        r#"
        let c = db.c;
        assert_eq(c.update_one(#{ _id: 1 }, #{ "$set": #{ n: 1 } }, #{ upsert: true }).upserted_id, 1);
        assert_eq(c.find_one_and_update(#{ _id: 1 }, #{ "$inc": #{ n: 1 } }).n, 1);
        assert_eq(c.find_one_and_update(#{ _id: 1 }, #{ "$inc": #{ n: 1 } }, #{ return_document: "after" }).n, 3);
        assert_throws(errors::InvalidArgument, || c.find_one_and_update(#{}, #{ "$inc": #{ n: 1 } }, #{ return_document: "later" }));
        c.update_one(#{ _id: 1 }, #{ "$set": #{ list: [1, 5, 9] } });
        c.update_one(#{ _id: 1 }, #{ "$set": #{ "list.$[big]": 0 } }, #{ array_filters: [#{ big: #{ "$gt": 4 } }] });
        assert_eq(c.find_one(1).list, [1, 0, 0]);
        assert_eq(c.distinct("list", #{ _id: 1 }), [0, 1]);
        assert_eq(c.count_documents(#{ _id: 1 }, #{ limit: 1 }), 1);
        assert_eq(c.estimated_document_count(), 1);
        assert_eq(c.with_options(#{ write_concern: #{ w: 1 } }).name, "c");
        // Refused here, before the first write.
        assert_throws(errors::InvalidArgument, || c.with_options(#{ write_concern: #{ w: 0 } }));
        let err = assert_throws(errors::WriteConcern, || c.insert_one(#{ _id: 5 }, #{ write_concern: #{ w: 5 } }));
        assert_eq(err.code, 100);
        assert_eq(c.find_one_and_delete(#{ _id: 1 })._id, 1);
        "#,
    );
}

#[test]
fn indexes_are_created_listed_and_dropped() {
    run_code(
        "cursors_indexes",
        r#"
        let c = db.c;
        assert_eq(c.list_indexes(), []);
        assert_eq(c.create_index("a"), "a_1");
        assert_eq(c.create_index(#{ a: 1, b: -1 }), "a_1_b_-1");
        assert_eq(c.create_index("a"), "a_1");
        assert_eq(c.create_indexes([#{ keys: "x" }, #{ keys: #{ y: -1 }, name: "why", sparse: true }]), ["x_1", "why"]);
        assert(c.list_indexes().some(|i| i.name == "why" && i.sparse));
        c.drop_index("why");
        assert_throws(errors::CommandFailed, || c.drop_index("why"));
        assert_throws(errors::InvalidArgument, || c.drop_index("*"));
        let err = assert_throws(errors::InvalidArgument, || c.create_index("u", #{ uniqe: true }));
        assert("unique" in `${err.message} ${err.hint}`);
        c.drop_indexes();
        assert_eq(c.list_indexes().map(|i| i.name), ["_id_"]);
        "#,
    );
}
