use seaworthy::cli::server_command::{ServerCommand, run};
use seaworthy::error::{Kind, Result};
use seaworthy::render::Format;
use seaworthy::server::Silent;

use crate::support::{Database, Home};

const START: ServerCommand = ServerCommand::Start { tcp: None };

fn said(home: &Home, command: &ServerCommand) -> Result<String> {
    let mut out = Vec::new();
    run(command, &home.settings(), &Silent, Format::Text, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn server_start_keeps_the_server_running() {
    let home = Home::new();
    assert!(
        said(&home, &ServerCommand::Status)
            .unwrap()
            .starts_with("not running")
    );
    assert_eq!(
        said(&home, &START).unwrap(),
        "mongod 6.0.5 runs until `seaworthy server stop`\n"
    );
    let mongods = home.mongods();
    let uri = said(&home, &ServerCommand::Uri { tcp: false }).unwrap();
    Database::at(uri.trim()).insert(1).unwrap();
    // Longer than a server without users waits before it stops.
    let begun = std::time::Instant::now();
    while begun.elapsed().as_secs() < 3 {
        assert!(Database::at(uri.trim()).has(1));
    }
    assert_eq!(home.mongods(), mongods);
    let status = said(&home, &ServerCommand::Status).unwrap();
    assert!(status.starts_with("running: mongod 6.0.5 for "), "{status}");
    assert!(
        status.contains("not in use, held by `server start`"),
        "{status}"
    );
    let logs = said(
        &home,
        &ServerCommand::Logs {
            lines: 5,
            follow: false,
        },
    )
    .unwrap();
    assert_eq!(logs.lines().count(), 5, "{logs}");
    assert_eq!(
        said(&home, &ServerCommand::Stop { force: false }).unwrap(),
        "stopped\n"
    );
    assert!(home.mongods().is_empty());
    // The lock is released a moment before the process ends.
    home.wait_until_empty();
    assert_eq!(
        said(&home, &ServerCommand::Stop { force: false }).unwrap(),
        "the private server was not running\n"
    );
}

#[test]
fn a_killed_keeper_ends_server_start() {
    let home = Home::new();
    said(&home, &START).unwrap();
    home.keepers().into_iter().for_each(crate::support::kill_9);
    home.wait_until_empty();
    assert!(
        said(&home, &ServerCommand::Status)
            .unwrap()
            .starts_with("not running")
    );
    drop(home.join());
    home.wait_until_empty();
}

#[test]
fn a_server_in_use_stops_only_with_force() {
    let home = Home::new();
    let lease = home.join();
    let error = said(&home, &ServerCommand::Stop { force: false }).unwrap_err();
    assert_eq!(error.message(), "other programs use the private server");
    assert!(error.hint_text().unwrap().contains("--force"));
    Database::at(lease.uri().expose()).insert(1).unwrap();
    assert_eq!(
        said(&home, &ServerCommand::Stop { force: true }).unwrap(),
        "stopped\n"
    );
    home.wait_until_empty();
    // The users with a lease do not restart a stopped server.
    let begun = std::time::Instant::now();
    while begun.elapsed().as_secs() < 1 {
        assert!(home.keepers().is_empty());
    }
}

#[test]
fn without_a_server_uri_and_logs_are_errors() {
    let home = Home::new();
    let error = said(&home, &ServerCommand::Uri { tcp: false }).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (Kind::Server, "the private server is not running")
    );
    assert!(
        error
            .hint_text()
            .unwrap()
            .contains("seaworthy server start")
    );
    let error = said(
        &home,
        &ServerCommand::Logs {
            lines: 5,
            follow: false,
        },
    )
    .unwrap_err();
    assert!(error.message().starts_with("cannot read `"), "{error}");
}

#[test]
fn server_start_refuses_an_ephemeral_server() {
    let home = Home::new();
    let mut settings = home.settings();
    settings.ephemeral = true;
    let error = run(&START, &settings, &Silent, Format::Text, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), Kind::InvalidArgument);
}
