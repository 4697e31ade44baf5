//! Waits for a server: they are shown, and the first contact does not wait in vain.

use std::net::TcpListener;
use std::sync::Arc;

use crate::support::{
    BareServer, Lab, RunOutput, Scratch, SharedServer, Terminal, free_port, seaworthy,
    shared_mongod,
};

/// Returns an address where nothing listens.
fn closed_address() -> String {
    format!("mongodb://127.0.0.1:{}/", free_port())
}

/// Returns the shared server with a password that it refuses.
fn with_wrong_password() -> String {
    let uri = SharedServer::get().uri();
    let (_, server) = uri.split_once('@').unwrap();
    format!("mongodb://ada:guessed@{server}")
}

#[test]
fn the_first_contact_with_a_server_that_is_not_there_ends_at_once() {
    for (uri, reason) in [
        (
            closed_address(),
            "the connection was refused: nothing listens there",
        ),
        (
            "mongodb://no-such-host.invalid/".to_owned(),
            "the host name is not known",
        ),
        (
            "mongodb://%2Fno%2Fsuch.sock/".to_owned(),
            "the server's socket does not exist",
        ),
    ] {
        for call in [
            "client.ping()",
            "db.x.find_one()",
            "db.x.insert_one(#{})",
            "db.x.bulk_write([#{ insert_one: #{ document: #{} } }])",
            "db.x.watch()",
            "client.fail_point(#{ commands: [\"insert\"], times: 1, error_code: 1 })",
        ] {
            let run = seaworthy(&["eval", "--uri", &uri, call]);
            let errors = &run.errors;
            assert_eq!(run.code, Some(3), "{call}: {errors}");
            // Every wait of a second is shown.
            assert!(!errors.contains("waiting"), "{call}: {errors}");
            assert!(errors.contains("no server can be reached: `"), "{errors}");
            assert!(errors.contains(reason), "{call}: {errors}");
        }
    }
}

#[test]
fn a_server_that_was_started_after_the_first_failure_is_found() {
    let port = free_port();
    let uri = format!("mongodb://127.0.0.1:{port}/");
    let mut terminal = Terminal::open_in(Arc::new(Scratch::new()), &["--uri", &uri], &[]);
    terminal.line("db.x.count_documents()");
    assert!(terminal.screen().contains("no server can be reached"));
    let _server = BareServer::start_at(port, &[]);
    terminal.line("db.x.count_documents() + 40");
    terminal.wait_for("\n40\n");
}

#[test]
fn a_wrong_password_ends_every_line_at_once() {
    let uri = with_wrong_password();
    let mut terminal = Terminal::open_tall(&uri);
    for count in 1..=3 {
        terminal.line(&format!("db.x.find_one({count})"));
        let screen = terminal.screen();
        assert_eq!(
            screen.matches("error[Authentication]").count(),
            count,
            "{screen}"
        );
        assert!(screen.ends_with("lessons login refused>"), "{screen}");
    }
    assert!(!terminal.written().contains("waiting for a server"));
    let code = "for i in 0..3 { try { db.x.find_one() } catch (e) { print(e.kind) } }";
    let run = seaworthy(&["eval", "--uri", &uri, code]);
    let expected = "Authentication\nAuthentication\nAuthentication\n";
    assert_eq!((run.out.as_str(), run.errors.as_str()), (expected, ""));
}

#[test]
fn options_that_set_the_wait_are_kept_and_the_wait_is_shown() {
    let uri = format!("{}?serverSelectionTimeoutMS=1500", closed_address());
    let RunOutput { code, errors, .. } = seaworthy(&["eval", "--uri", &uri, "client.ping()"]);
    assert_eq!(code, Some(3), "{errors}");
    let waits: Vec<&str> = errors
        .lines()
        .filter(|line| line.starts_with("waiting for a server, for 1 s more: `127.0.0.1:"))
        .collect();
    assert_eq!(waits.len(), 1, "{errors}");
    assert!(waits[0].contains(" tried "), "{errors}");
    assert!(waits[0].ends_with("nothing listens there"), "{errors}");
    let quiet = seaworthy(&["eval", "--quiet", "--uri", &uri, "client.ping()"]);
    assert!(!quiet.errors.contains("waiting"), "{}", quiet.errors);
    let json = seaworthy(&["eval", "--json", "--uri", &uri, "client.ping()"]);
    for line in json.errors.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(json.errors.starts_with("{\"waiting\":"), "{}", json.errors);
}

#[test]
fn the_prompt_shows_a_wait_in_one_line_until_ctrl_c() {
    // The listener never answers, so the first contact cannot know whether the server will.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("mongodb://{}/", listener.local_addr().unwrap());
    let mut terminal = Terminal::open(&uri);
    terminal.keys("1; db.x.find_one()\r");
    terminal.wait_for("waiting for a server, for ");
    terminal.cancel();
    let screen = terminal.screen();
    assert!(!screen.contains("waiting for a server"), "{screen}");
    assert!(screen.contains("interrupted"), "{screen}");
}

#[test]
fn a_client_that_was_connected_before_waits_and_shows_it() {
    let run: RunOutput = SharedServer::get()
        .command("waits")
        .env("SEAWORTHY_MONGOD", shared_mongod())
        .args([
            "eval",
            r#"
            let rs = replica_set(#{ members: 1 });
            let shop = connect(rs);
            shop.ping();
            let member = rs.members[0];
            member.stop();
            let later = background(|| { sleep(2); member.start(); });
            shop.lab.x.insert_one(#{});
            later.join();
            print(shop.lab.x.count_documents());
            "#,
        ])
        .output()
        .unwrap()
        .into();
    assert_eq!(run.out, "1\n", "{}", run.errors);
    let shown = "waiting for a server, for 29 s more: `";
    assert_eq!(run.errors.matches(shown).count(), 1, "{}", run.errors);
}

/// The first contact with a set is not over when one member refuses it: the others have not
/// answered yet.
#[test]
fn a_member_that_is_not_there_does_not_end_the_first_contact_with_a_set() {
    Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let lost = rs.secondaries[0];
        lost.kill();
        for attempt in 0..20 {
            let fresh = connect(rs);
            fresh.shop.orders.count_documents();
            // With a member that is not there, the driver's own shutdown would never end.
            fresh.close();
            assert_throws(errors::ClientClosed, || fresh.ping());
        }
        // The pools of a closed client close when the member is back.
        let client = connect(rs);
        client.shop.orders.count_documents();
        assert(client.pool.size > 0);
        client.close();
        lost.start();
        eventually(60, || client.pool.size == 0);
        // Also if the member dies at this moment.
        for attempt in 0..3 {
            let fresh = connect(rs);
            fresh.shop.orders.count_documents();
            eventually(60, || fresh.topology().servers.all(|server| server.type != "Unknown"));
            let killed = rs.secondaries[0];
            killed.kill();
            fresh.close();
            killed.start();
            rs.wait_for_primary(60);
        }
        "#,
    );
}
