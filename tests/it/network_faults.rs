use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Home, Lab, RunOutput, Scratch, eventually_within, processes_with};

#[test]
fn a_write_on_a_primary_that_is_cut_off_is_rolled_back() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3, network: true });
        let orders = connect(rs).shop.orders;
        let majority = #{ write_concern: #{ w: "majority" } };
        orders.insert_one(#{ _id: "before" }, majority);
        let old = rs.primary;
        rs.isolate(old);
        orders.insert_one(#{ _id: "w: 1" }, #{ write_concern: #{ w: 1 } });
        eventually(30, || { let now = rs.primary; now != () && now.name != old.name });
        orders.insert_one(#{ _id: "majority" }, majority);
        rs.heal();
        let removed = || old.rollback_files().filter(|file| file.namespace == "shop.orders");
        eventually(30, || !removed.call().is_empty());
        print(removed.call()[0].documents);
        print(orders.find(#{}, #{ sort: #{ _id: 1 } }).to_array());
        "#,
    );
    assert_eq!(
        out,
        "[#{ _id: \"w: 1\" }]\n[#{ _id: \"before\" }, #{ _id: \"majority\" }]\n"
    );
}

#[test]
fn a_cut_stops_one_direction_only() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3, network: true });
        let a = rs.members[0];
        let b = rs.members[1];
        let c = rs.members[2];
        rs.cut(a, b);
        let there = rs.link(a, b);
        eventually(10, || there.stats.since_fault.dropped_bytes > 0);
        for link in [rs.link(b, a), rs.link(a, c), rs.link(c, b), rs.link("client", a)] {
            assert_eq(link.stats.dropped_bytes, 0);
            assert_eq(link.stats.since_fault, ());
        }
        rs.heal();
        // What was held back arrives.
        eventually(10, || there.stats.bytes_in == there.stats.bytes_out);
        print(there);
        "#,
    );
    assert_eq!(out, "<link from m0 to m1>\n");
}

#[test]
fn members_that_restart_keep_their_links() {
    Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3, network: true });
        let member = rs.secondaries[0];
        let others = rs.members.filter(|other| other.name != member.name);
        member.kill();
        let before = others.map(|other| rs.link(member, other).stats.connections);
        member.start();
        eventually(60, || member.state == "SECONDARY");
        eventually(60, || rs.link(member, others[0]).stats.connections > before[0]);
        rs.isolate(member);
        eventually(60, || rs.link(member, others[0]).stats.dropped_bytes > 0);
        "#,
    );
}

#[test]
fn each_fault_of_a_link_acts_and_is_counted() {
    Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 1, network: true });
        let to = rs.link("client", rs.primary);
        let from = rs.link(rs.primary, "client");
        let own = connect(rs, #{ retry_writes: false, retry_reads: false, heartbeat_frequency_ms: 60_000 });
        let orders = own.shop.orders;
        orders.insert_one(#{ _id: 0 });

        to.latency(60, 10);
        assert(timed(|| orders.find_one()).ms >= 50.0);
        assert(to.stats.since_fault.delayed > 0);
        to.clear();
        from.latency(60);
        assert(timed(|| orders.find_one()).ms >= 60.0);
        from.clear();

        to.bandwidth(100);
        let text = "x";
        text.pad(20_000, "x");
        assert(timed(|| orders.insert_one(#{ _id: 1, text: text })).ms >= 150.0);
        to.clear();

        to.slice(10, 2);
        assert(timed(|| orders.find_one()).ms >= 10.0);
        assert(to.stats.since_fault.delayed > 3);
        to.clear();

        // A held write arrives when the fault ends by itself.
        to.drop(#{ for_ms: 300 });
        assert(timed(|| orders.insert_one(#{ _id: 2 })).ms >= 250.0);
        assert(to.stats.since_fault.dropped_bytes > 0);
        assert_eq(from.stats.dropped_bytes, 0);

        to.limit(40);
        assert_throws(errors::Network, || orders.insert_one(#{ _id: 3 }));
        assert_eq(to.stats.since_fault.reset, 1);
        to.clear();
        eventually(30, || { try { orders.find_one(); true } catch { false } });

        to.reset();
        assert(to.stats.since_fault.reset > 0);
        eventually(30, || { try { orders.find_one(); true } catch { false } });

        to.refuse();
        let late = connect(rs, #{ server_selection_timeout_ms: 300 });
        assert_throws(errors::ServerSelectionTimeout, || late.ping());
        assert(to.stats.since_fault.refused > 0);
        rs.heal();
        connect(rs).ping();
        assert_eq(orders.count_documents(), 3);
        "#,
    );
}

#[test]
fn a_partition_with_the_client_leaves_one_side() {
    Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3, network: true });
        let old = rs.primary;
        let others = rs.members.filter(|member| member.name != old.name);
        rs.partition([[old, "client"], others]);
        eventually(30, || { let now = rs.primary; now != () && now.name != old.name });
        let lonely = connect(rs, #{ server_selection_timeout_ms: 1500 });
        assert_throws(errors::ServerSelectionTimeout, || lonely.shop.orders.insert_one(#{ n: 1 }));
        rs.heal();
        connect(rs).shop.orders.insert_one(#{ n: 1 });
        "#,
    );
}

#[test]
fn mistakes_are_refused_with_the_way_out() {
    let out = Lab::new().prints(
        r#"
        fn refused(attempt) {
            let err = assert_throws(errors::InvalidArgument, || attempt.call());
            print(err.message);
            assert(err.hint != (), err.message);
        }
        let rs = replica_set(#{ members: 1, network: true });
        let plain = replica_set(#{ members: 1 });
        let member = rs.primary;
        let other = plain.primary;
        refused(|| plain.heal());
        refused(|| rs.cut(member, member));
        refused(|| rs.cut("clinet", member));
        refused(|| rs.cut(other, "client"));
        refused(|| rs.isolate(member));
        refused(|| rs.partition([[member], [member]]));
        refused(|| rs.partition([[member]]));
        refused(|| rs.partition([member]));
        refused(|| rs.link("client", member).latency(-1));
        refused(|| rs.link("client", member).bandwidth(0));
        refused(|| replica_set(#{ members: 1, network: true, tcp: true }));
        rs.stop();
        assert_throws(errors::Server, || rs.link("client", member).drop());
        "#,
    );
    let expected = [
        "this replica set has no network that can be broken",
        "`from` and `to` of `cut` are both `m0`",
        "`from` of `cut` is \"clinet\", expected a Member or \"client\"",
        "`from` of `cut` is a member of another replica set",
        "a set with one member has no other member to cut it from",
        "`m0` is in two groups of the partition",
        "the partition cuts nothing: all members are in one group",
        "`groups[0]` of `partition` is a Member, expected an array of members, as in `[[a], [b, c]]`",
        "`ms` of `latency` is -1, expected a whole number of milliseconds",
        "`kb_per_s` of `bandwidth` is 0, expected 1 or more",
        "a replica set cannot have both `tcp` and `network`",
    ];
    assert_eq!(out.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_fault_without_traffic_is_reported_with_its_line() {
    let script = "let rs = replica_set(#{ members: 3, network: true });\n\
                  let a = rs.members[0];\n\
                  rs.link(\"client\", a).limit(1_000_000_000);\n\
                  rs.isolate(a);\n\
                  eventually(10, || rs.link(a, rs.members[1]).stats.dropped_bytes > 0);\n";
    let lab = Lab::new();
    let ran: RunOutput = lab
        .command(script, &["--ephemeral"])
        .output()
        .unwrap()
        .into();
    assert_eq!(
        (ran.code, ran.errors.as_str()),
        (
            Some(0),
            "warning, line 3: `link(client, m0).limit` had no effect: nothing was sent on its links while it was on\n"
        ),
        "{}",
        ran.out
    );
}

#[test]
fn a_confined_script_breaks_the_network_of_its_own_set() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write(
        "x.rhai",
        r#"
        let rs = replica_set(#{ members: 3, network: true });
        let old = rs.primary;
        connect(rs).shop.orders.insert_one(#{ _id: 1 });
        rs.isolate(old);
        eventually(30, || { let now = rs.primary; now != () && now.name != old.name });
        assert(rs.link(old, rs.primary).stats.dropped_bytes > 0);
        rs.heal();
        eventually(30, || old.state == "SECONDARY");
        print("healed");
        "#,
    );
    let mut command = home.command();
    command
        .args(["--quiet", "run", "--confined", "x.rhai"])
        .current_dir(folder.path());
    let ran: RunOutput = command.output().unwrap().into();
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "healed\n"),
        "{}",
        ran.errors
    );
    home.wait_until_empty();
}

/// A script that waits while a partition is active.
struct Partitioned {
    program: Child,
    /// The folder of the sockets of its set.
    sockets: PathBuf,
}

impl Partitioned {
    fn start(lab: &Lab) -> Self {
        let script = r#"
            let rs = replica_set(#{ members: 3, network: true });
            let a = rs.members[0];
            let b = rs.members[1];
            rs.partition([[a, "client"], [b, rs.members[2]]]);
            eventually(60, || rs.link(a, b).stats.dropped_bytes > 0);
            print(a.address);
            sleep(600);
        "#;
        let mut command = lab.command(script, &["--ephemeral"]);
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        let mut output = BufReader::new(program.stdout.take().unwrap());
        output.read_line(&mut address).unwrap();
        assert!(
            !address.is_empty(),
            "the script ended before its partition was active"
        );
        let socket = PathBuf::from(address.trim());
        UnixStream::connect(&socket).unwrap();
        Self {
            program,
            sockets: socket.parent().unwrap().to_owned(),
        }
    }

    /// Sends a signal, and waits until no process of the set and no proxy is left.
    fn end_with(&mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.program), signal).unwrap();
        self.program.wait().unwrap();
        let folder = self.sockets.to_str().unwrap();
        eventually_within(Duration::from_secs(30), "no process is left", || {
            processes_with(&[folder]).is_empty()
        });
        for member in ["m0.sock", "m1.sock", "m2.sock"] {
            UnixStream::connect(self.sockets.join(member)).unwrap_err();
        }
    }
}

#[test]
fn an_interrupted_program_leaves_nothing_of_its_network() {
    let lab = Lab::new();
    let mut partitioned = Partitioned::start(&lab);
    partitioned.end_with(Signal::INT);
    assert!(!partitioned.sockets.exists());
}

#[test]
fn a_killed_program_leaves_no_process_and_the_next_run_removes_its_sockets() {
    let lab = Lab::new();
    let mut partitioned = Partitioned::start(&lab);
    partitioned.end_with(Signal::KILL);
    lab.prints("db.things.find_one()");
    assert!(!partitioned.sockets.exists());
}
