use crate::support::{Lab, shows};

#[test]
fn lost_servers_are_reported_in_time() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let robust = connect(rs, #{ server_selection_timeout_ms: 500, write_concern: #{ w: "majority", wtimeout: 500 } });
        let orders = robust.shop.orders;
        orders.insert_one(#{ _id: 1 });
        for member in rs.secondaries { member.stop_replication(); }
        assert_throws(errors::WriteConcernTimeout, || orders.insert_one(#{ _id: 2 }));
        for member in rs.secondaries { member.resume_replication(); }
        orders.insert_one(#{ _id: 3 });
        for member in rs.members { member.kill(); }
        for i in 0..20 {
            let t = timed(|| assert_throws(errors::ServerSelectionTimeout, || orders.find_one()));
            assert(t.ms < 3000.0);
        }
        for member in rs.members { member.start(); }
        rs.wait_for_primary(30);
        print(orders.count_documents());
        "#,
    );
    assert_eq!(out, "3\n");
}

#[test]
fn an_invalid_member_count_is_refused() {
    let out = Lab::new().prints(
        r#"
        for n in [-1, 0, 2, 9, 1000] {
            let err = assert_throws(errors::InvalidArgument, || replica_set(#{ members: n }));
            assert_eq(err.message, `a replica set cannot have ${n} members`);
        }
        let rs = replica_set(#{ members: 1 });
        print(rs);
        assert(rs.uri.contains("@"));
        "#,
    );
    assert_eq!(out, "<replica set: m0 primary>\n");
}

#[test]
fn members_have_their_own_options() {
    let out = Lab::new().prints(
        r#"
        let members = [#{ tags: #{ city: "Oslo" } }, #{ tags: #{ city: "Lima" } }, #{ hidden: true }, #{ delay_seconds: 600 }, #{ arbiter: true }];
        let rs = replica_set(#{ members: members });
        print(rs);
        let lima = #{ mode: "secondary", tags: [#{ city: "Lima" }] };
        let c = connect(rs, #{ read_preference: lima, write_concern: #{ w: 3 } });
        c.shop.orders.insert_one(#{ _id: 1 });
        print(c.shop.orders.find_one());
        print(c.admin.command(#{ replSetGetConfig: 1 }).config.members.map(|m| [m.priority, m.hidden, m.arbiterOnly, m.secondaryDelaySecs]));
        rs.members[4].kill();
        rs.members[4].start();
        rs.members[0].kill();
        print(rs.wait_for_primary(30).name);
        let nowhere = connect(rs, #{ read_preference: #{ mode: "secondary", tags: [#{ city: "Rome" }] }, server_selection_timeout_ms: 200 });
        assert_throws(errors::ServerSelectionTimeout, || nowhere.shop.orders.find_one());
        for wrong in [
            [#{ arbiter: true }, #{}, #{}],
            [#{}, #{ arbiter: true }, #{ arbiter: true }],
            [#{}, #{ arbiter: true, hidden: true }, #{}],
            [#{}, #{}],
            [#{}, #{ hiden: true }, #{}],
            [#{}, 1, #{}],
            "three",
        ] {
            let err = assert_throws(errors::InvalidArgument, || replica_set(#{ members: wrong }));
            print(err.message);
            print(`  ${err.hint}`);
        }
        "#,
    );
    shows("replica_set", "members_have_their_own_options", &out);
}
