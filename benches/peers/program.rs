use std::path::PathBuf;
use std::process::Command;

use super::Result;
use super::rows::{Kind, Row};
use super::server::Server;

/// The four programs that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    Driver,
    Seaworthy,
    PyMongo,
    Mongosh,
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Driver => "bare driver",
            Self::Seaworthy => "seaworthy",
            Self::PyMongo => "PyMongo",
            Self::Mongosh => "mongosh",
        }
    }
}

/// One of them, as it can be started here.
#[derive(Debug)]
pub struct Program {
    pub peer: Peer,
    pub path: PathBuf,
    pub version: String,
}

impl Program {
    /// The command that does the work of `row`.
    pub fn command(&self, row: &Row, size: usize, server: &Server) -> Result<Command> {
        // The two memory rows are the same work.
        let name = if row.kind == Kind::Memory {
            "memory"
        } else {
            row.name
        };
        let size = size.to_string();
        let mut command = match row.kind {
            Kind::FirstDocument if self.peer == Peer::Seaworthy => server.without_a_server(),
            _ => server.command(&self.path),
        };
        // Command lines are for everybody to read; only mongosh takes the password no other way.
        if row.kind != Kind::FirstDocument {
            command.env("MONGODB_URI", &server.uri);
        }
        match self.peer {
            Peer::Driver => command.args(["driver", "work", name, &size]),
            Peer::Seaworthy if row.kind == Kind::FirstDocument => {
                command.args(["run", &work("work.rhai"), "--", name, &size])
            }
            Peer::Seaworthy => command.args([
                "run",
                "--db",
                "bench",
                &work("work.rhai"),
                "--",
                name,
                &size,
            ]),
            Peer::PyMongo => command.args([&work("work.py"), name, &size]),
            Peer::Mongosh if row.kind == Kind::FirstDocument => {
                command.args(["--nodb", "--quiet", "--norc", "--eval", "print(1)"])
            }
            Peer::Mongosh => command
                .args([&server.uri, "--quiet", "--norc", "--file", &work("work.js")])
                .env("ROW", name)
                .env("SIZE", &size),
        };
        Ok(command)
    }
}

fn work(file: &str) -> String {
    format!("{}/benches/peers/work/{file}", env!("CARGO_MANIFEST_DIR"))
}
