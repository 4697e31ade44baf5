use crate::support::Lab;

const FIVE_THOUSAND: &str = r#"
    let documents = [];
    for i in 0..5000 { documents.push(#{ _id: i }); }
    db.n.insert_many(documents);
"#;

fn prints(script: &str) -> String {
    Lab::new().prints(&format!("{FIVE_THOUSAND}{script}"))
}

#[test]
fn an_error_of_the_next_batch_comes_after_this_batch() {
    let out = prints(
        r#"
        let hasty = connect(#{ timeout_ms: 500 });
        let ends = |n| {
            let seen = 0;
            try {
                for d in n.find().sort("_id") { assert_eq(d._id, seen); seen += 1; }
            } catch (err) {
                return `${err.kind} after ${seen}`;
            }
            `all ${seen}`
        };
        let fault = client.fail_point(#{ commands: ["getMore"], times: 1, error_code: 2 });
        print(ends.call(db.n));
        print(ends.call(db.n));
        fault.off();
        let slow = hasty.fail_point(#{ commands: ["getMore"], times: 1, block_ms: 3000 });
        print(ends.call(hasty[db.name].n));
        slow.off();
        print(ends.call(hasty[db.name].n));
        "#,
    );
    assert_eq!(
        out,
        "CommandFailed after 2000\nall 5000\nOperationTimeout after 2000\nall 5000\n"
    );
}

#[test]
fn only_a_loop_over_all_reads_ahead() {
    let out = prints(
        r#"
        let open = || client.admin.command(#{ serverStatus: 1 }).metrics.cursor.open.total;
        let before = open.call();
        let fault = client.fail_point(#{ commands: ["getMore"], block_ms: 1 });
        for d in db.n.find() {
            if d._id == 100 { eventually(10, || fault.times_fired == 1); break; }
        }
        fault.off();
        // A batch that was requested ahead arrives during these calls.
        let while_others_come = |n| { for i in 0..50 { n.find_one(i); } };
        let asked = |client, leave| {
            let fault = client.fail_point(#{ commands: ["getMore"], block_ms: 1 });
            leave.call(client[db.name].n);
            let fired = fault.times_fired;
            fault.off();
            fired
        };
        print(asked.call(client, |n| {
            for d in n.find().batch_size(500) { if d._id == 100 { while_others_come.call(n); break; } }
        }));
        print(asked.call(client, |n| {
            let cursor = n.find();
            cursor.next();
            while_others_come.call(n);
            cursor.close();
        }));
        // The only connection is the loop's own.
        print(asked.call(connect(#{ max_pool_size: 1 }), |n| {
            for d in n.find() { if d._id == 100 { while_others_come.call(n); break; } }
        }));
        // The server's cursors are closed as well.
        eventually(10, || open.call() == before);
        "#,
    );
    assert_eq!(out, "0\n0\n0\n");
}
