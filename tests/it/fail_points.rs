use crate::support::Lab;

#[test]
fn a_fault_hits_its_client_alone_and_is_counted() {
    let out = Lab::new().prints(
        r#"
        let other = connect(#{ app_name: "other" });
        let fault = client.fail_point(#{ commands: ["insert"], times: 2, error_code: 2 });
        other[db.name].q.insert_one(#{ n: 1 });
        for i in 0..3 { try { db.q.insert_one(#{ n: 1 }); print("ok"); } catch (err) { print(err.code); } }
        print(fault.times_fired);
        print(other.options.app_name);
        let second = client.fail_point(#{ commands: ["insert"], error_code: 2 });
        print(assert_throws(errors::Server, || other.fail_point(#{ commands: ["find"], block_ms: 1 })).message);
        second.off();
        print(fault.times_fired);
        let lost = client.fail_point(#{ commands: ["insert"], times: 1, close_connection: true });
        db.q.insert_one(#{ n: 2 });
        print(lost.times_fired);
        assert_throws(errors::InvalidArgument, || client.fail_point(#{ commands: ["insert"] }));
        "#,
    );
    assert_eq!(
        out,
        "2\n2\nok\n2\nother\nthis server has a fail point already\n2\n1\n"
    );
}
