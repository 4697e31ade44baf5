use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use seaworthy::api::run::event::{Event, Output};
use seaworthy::api::run::run_limits::RunLimits;
use seaworthy::api::run::session::Session;
use seaworthy::api::run::session_options::{ServerSource, SessionOptions, StartSet};
use seaworthy::diagnose::explain;
use seaworthy::mongo::{ConnectionString, Interrupt};
use seaworthy::render::Format;
use seaworthy::script::{self, LastValue, Source};
use seaworthy::server::{self, Folders, Lease, ReplicaSet, ServerSettings, Silent};

use super::home::shared_mongod;
use super::password_search;
use super::program::{RunOutput, Scratch, command};

/// One server for all tests that use their own database. The first test starts it, and it ends
/// soon after this process.
pub struct SharedServer {
    uri: String,
    settings: ServerSettings,
    _lease: Lease,
}

impl SharedServer {
    pub fn get() -> &'static Self {
        static SERVER: OnceLock<SharedServer> = OnceLock::new();
        SERVER.get_or_init(|| {
            let base = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shared-server");
            let mut settings = ServerSettings::new(Folders {
                data: base.join("data"),
                state: base.join("state"),
                cache: base.join("cache"),
                runtime: None,
            });
            settings.mongod = Some(shared_mongod());
            settings.keeper = Some(env!("CARGO_BIN_EXE_seaworthy").into());
            settings.ephemeral = true;
            let lease = server::join(&settings, &Silent).unwrap();
            password_search::stored_at_the_end(&base);
            for name in ["password", "key"] {
                password_search::secret(
                    &std::fs::read_to_string(lease.folder().join(name)).unwrap(),
                );
            }
            Self {
                uri: lease.uri().expose().to_owned(),
                settings,
                _lease: lease,
            }
        })
    }

    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns a command of the program with this server, and `database` as `db`.
    pub fn command(&self, database: &str) -> Command {
        let mut command = command();
        command
            .env("MONGODB_URI", &self.uri)
            .args(["--db", database, "--timeout", "60"]);
        // Lessons may change this server.
        let hosts = ConnectionString::new(&self.uri).hosts();
        command.args(["--allow-changes", &hosts[0]]);
        command
    }

    /// Evaluates code with `seaworthy eval`.
    pub fn eval(&self, database: &str, code: &str) -> RunOutput {
        let output = self.command(database).args(["eval", code]).output();
        output.unwrap().into()
    }

    /// Returns a session whose scripts use this server.
    pub fn session(
        &self,
        database: &str,
        output: impl Fn(Event) + Send + Sync + 'static,
    ) -> Session {
        Session::new(SessionOptions {
            args: Vec::new(),
            seed: Some(1),
            output: Output::new(move |event| {
                output(event);
                Ok(())
            }),
            interrupt: Interrupt::new(Some(Instant::now() + Duration::from_secs(60))),
            server: ServerSource::Uri(ConnectionString::new(self.uri.as_str())),
            database: Some(database.to_owned()),
            confined: false,
            limits: RunLimits::NONE,
            trace: false,
            recorder: None,
            start_set: self.set_starter(),
            explain: seaworthy::diagnose::explain_caught,
        })
    }

    /// Runs code in this process, in an empty database. Returns the printed lines or the error.
    pub fn run(&self, database: &str, code: &str) -> Result<Vec<String>, String> {
        let printed = Arc::new(Mutex::new(VecDeque::new()));
        let lines = Arc::clone(&printed);
        let session = self.session(database, move |event| {
            if let Event::Print(value) = event {
                lines.lock().unwrap().push_back(Format::Text.render(&value));
            }
        });
        let source = |text: &str| Source::code("<example>", text);
        script::run(&source("db.drop();"), &session, LastValue::Dropped);
        // In a folder of its own, because the code may write files.
        let folder = Scratch::new();
        folder.write("example.rhai", code);
        let example = Source::file(&folder.path().join("example.rhai")).unwrap();
        let outcome = script::run(&example, &session, LastValue::Dropped);
        script::run(&source("db.drop();"), &session, LastValue::Dropped);
        session.finish();
        for line in printed.lock().unwrap().iter() {
            password_search::printed(line.as_bytes());
        }
        match outcome.failure {
            Some(failure) => {
                let report = explain(&failure);
                let kind = report.kind.unwrap_or_default();
                let place = report.shown.map(|shown| shown.place.to_string());
                let place = place.unwrap_or_default();
                let error = format!("{kind}: {} at {place}", report.message);
                password_search::printed(error.as_bytes());
                Err(error)
            }
            None => Ok(printed.lock().unwrap().drain(..).collect()),
        }
    }

    /// Starts replica sets for scripts, with the same `mongod`.
    fn set_starter(&self) -> Box<StartSet> {
        let settings = self.settings.clone();
        Box::new(move |options, _| {
            let mongod = server::find(&settings, &Silent)?;
            ReplicaSet::start(options, &mongod, &settings, &Silent)
        })
    }

    /// Runs code that must not fail, and returns the printed lines.
    pub fn prints(&self, database: &str, code: &str) -> Vec<String> {
        match self.run(database, code) {
            Ok(lines) => lines,
            Err(error) => panic!("{error}\n{code}"),
        }
    }
}
