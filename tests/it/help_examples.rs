//! Every example in the help texts runs.

use std::time::{Duration, Instant};

use seaworthy::api::session::{ServerSource, Session, SessionOptions};
use seaworthy::engine::catalogue::Catalogue;
use seaworthy::mongo::{ConnectionString, Interrupt};
use seaworthy::render::explain;
use seaworthy::script::{self, LastValue, Source};

use crate::support::Home;

#[test]
fn every_example_in_the_help_runs() {
    let home = Home::new();
    let lease = home.join();
    let mut failed = Vec::new();
    let ours = Catalogue::ours();
    for (number, entry) in ours.entries().iter().enumerate() {
        for (count, example) in entry.examples().into_iter().enumerate() {
            let session = Session::new(SessionOptions {
                args: vec![],
                seed: Some(1),
                output: Box::new(|_| Ok(())),
                interrupt: Interrupt::new(Some(Instant::now() + Duration::from_secs(20))),
                server: ServerSource::Uri(ConnectionString::new(lease.uri().reveal())),
                database: Some(format!("example_{number}_{count}")),
            });
            let source = Source::code(&entry.name, example);
            let outcome = script::run(&source, &session, LastValue::Dropped);
            if let Some(failure) = outcome.failure {
                let report = explain(&failure).message;
                failed.push(format!("{}.{}: {report}", entry.receiver, entry.name));
            }
        }
    }
    assert_eq!(failed, Vec::<String>::new());
}
