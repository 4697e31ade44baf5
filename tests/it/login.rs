//! `--host`, `--username` and the question for a password.

use std::sync::Arc;

use seaworthy::mongo::ConnectionString;

use crate::support::{Scratch, SharedServer, Terminal, seaworthy};

const PASSWORD: &str = "gu3ss";

/// Creates a user on the shared server who may read this database. Returns the server's address.
fn server_with_user(database: &str) -> String {
    let server = SharedServer::get();
    let code = format!(
        "try {{ client.admin.drop_user(\"{database}\") }} catch {{ }}
         client.admin.create_user(\"{database}\", \"{PASSWORD}\", [#{{ role: \"readWrite\", db: \"{database}\" }}]);
         db.x.drop(); db.x.insert_one(#{{ _id: 1 }});"
    );
    // `prints` would drop the database.
    let created = server.eval(database, &code);
    assert_eq!(created.code, Some(0), "{}", created.errors);
    ConnectionString::new(server.uri()).hosts().remove(0)
}

/// Starts the program, answers the question, and returns the terminal.
fn asked(args: &[&str], user: &str, password: &str) -> Terminal {
    let scratch = Arc::new(Scratch::new());
    let mut terminal = Terminal::start_in(scratch, args, &[], (100, 40));
    terminal.wait_for(&format!("password for {user} at "));
    terminal.keys(password);
    terminal.keys("\r");
    terminal
}

#[test]
fn a_host_and_a_user_are_enough_and_the_password_is_not_shown() {
    let user = "login_host";
    let host = server_with_user(user);
    let count = "print(`count: ${db.x.count_documents()}`)";
    let args = ["--host", &host, "-u", user, "-p", "--db", user];
    let mut terminal = asked(&[&args[..], &["eval", count]].concat(), user, PASSWORD);
    terminal.wait_for("count: 1");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.written().contains(PASSWORD));
    // Keys that edit the line.
    let typed = format!("wrong\x15{PASSWORD}x\x7f");
    let mut terminal = asked(&[&args[..], &["eval", count]].concat(), user, &typed);
    terminal.wait_for("count: 1");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_connection_string_without_a_password_asks_for_it() {
    let user = "login_uri";
    let host = server_with_user(user).replace('/', "%2F");
    let uri = format!("mongodb://{user}@{host}/{user}?authSource=admin");
    let mut terminal = asked(&["--uri", &uri], user, PASSWORD);
    terminal.wait_for(&format!("\n{user}"));
    terminal.keys("db.x.find()\r");
    terminal.wait_for("#{ _id: 1 }");
    terminal.keys(":history\r");
    terminal.wait_for(":history\n");
    terminal.keys("\x04");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.written().contains(PASSWORD));
    let mut terminal = asked(&["--uri", &uri, "eval", "db.x.find_one()"], user, "hunter2");
    terminal.wait_for("error[Authentication]");
    assert_eq!(terminal.end(), 1);
    let mut terminal = asked(&["--uri", &uri, "eval", "1"], user, "\x03");
    terminal.wait_for(&format!("no password was typed for the user `{user}`"));
    assert_eq!(terminal.end(), 2);
}

#[test]
fn what_cannot_be_asked_or_combined_is_an_error() {
    for (args, message) in [
        (
            &["--uri", "mongodb://ada@127.0.0.1:9/", "eval", "1"][..],
            "the connection string has no password for the user `ada`",
        ),
        (&["-u", "ada", "eval", "1"], "`--username` needs a server"),
        (
            &["-p", "--host", "127.0.0.1", "eval", "1"],
            "`--password` asks for the password of a user, and there is none",
        ),
        (
            &["--host", "h", "--uri", "mongodb://h", "eval", "1"],
            "cannot be used with",
        ),
    ] {
        let ran = seaworthy(args);
        assert_eq!(ran.code, Some(2), "{args:?}\n{}", ran.errors);
        assert!(ran.errors.contains(message), "{args:?}\n{}", ran.errors);
    }
    // Nobody is asked if the server is not needed, or if the user needs no password.
    for args in [
        &["--uri", "mongodb://ada@127.0.0.1:9/", "--version"][..],
        &["--port", "9", "eval", "1"],
        &[
            "--uri",
            "mongodb://127.0.0.1:9/?authMechanism=MONGODB-X509",
            "eval",
            "1",
        ],
    ] {
        let ran = seaworthy(args);
        assert_eq!(ran.code, Some(0), "{args:?}\n{}", ran.errors);
    }
}
