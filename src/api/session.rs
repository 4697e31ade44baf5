//! What one run of a script shares among its functions: output, chance, arguments, the way to its server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};

use super::ending::Ending;
use super::random::Random;
use crate::error::{Error, Kind, Result};
use crate::mongo::{Bridge, Client, ConnectionString, Interrupt};

/// Something a script wanted to be seen.
#[derive(Clone, Debug)]
pub enum Event {
    /// `print(value)`.
    Print(Dynamic),
    /// `debug(value)`, with where it stands.
    Debug { value: Dynamic, line: Option<usize> },
}

/// Where events go while the script runs. An error ends the run (a closed pipe does).
pub type Output = dyn Fn(Event) -> std::io::Result<()> + Send + Sync;

/// The state of one run. Copies share it.
///
/// Functions that scripts call reach it through the engine's tag: [`Session::of`].
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    options: SessionOptions,
    random: Random,
    bridge: OnceLock<Bridge>,
    client: Mutex<Option<Client>>,
    // The flag beside the lock is what every operation of a script looks at.
    ended: AtomicBool,
    ending: Mutex<Option<Ending>>,
    // Set by the prompt's `:use`, once at most in the life of most sessions.
    used: AtomicBool,
    database: Mutex<Option<String>>,
}

/// Where the session's server is.
pub enum ServerSource {
    /// One that the user named.
    Uri(ConnectionString),
    /// The private one, which is found or started when it is first needed.
    Private(Box<dyn Fn() -> Result<ConnectionString> + Send + Sync>),
}

impl ServerSource {
    /// A session whose scripts use no server at all.
    pub fn none() -> Self {
        Self::Private(Box::new(|| {
            Err(Error::new(Kind::Server, "this session has no server"))
        }))
    }
}

/// What a run is started with.
pub struct SessionOptions {
    /// The script's arguments, as `args`.
    pub args: Vec<String>,
    /// Makes everything drawn by chance repeatable.
    pub seed: Option<u64>,
    /// Where the script's output goes.
    pub output: Box<Output>,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
    /// Where the session's own client connects to.
    pub server: ServerSource,
    /// The name of `db`, where it is not the connection string's or `lessons`.
    pub database: Option<String>,
}

/// The database that lessons and scripts work in where nobody names another.
pub const DEFAULT_DATABASE: &str = "lessons";

impl Session {
    pub fn new(options: SessionOptions) -> Self {
        let random = Random::new(options.seed);
        Self {
            shared: Arc::new(Shared {
                options,
                random,
                bridge: OnceLock::new(),
                client: Mutex::new(None),
                ended: AtomicBool::new(false),
                ending: Mutex::new(None),
                used: AtomicBool::new(false),
                database: Mutex::new(None),
            }),
        }
    }

    /// The session of the script that is calling.
    ///
    /// # Errors
    /// `Server` where an engine was built without one, which is a mistake of the program.
    pub fn of(context: &NativeCallContext) -> Result<Self> {
        context
            .tag()
            .and_then(|tag| tag.read_lock::<Self>())
            .map(|session| session.clone())
            .ok_or_else(|| Error::new(Kind::Server, "this engine has no session"))
    }

    pub fn args(&self) -> &[String] {
        &self.shared.options.args
    }

    pub fn random(&self) -> &Random {
        &self.shared.random
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.shared.options.interrupt
    }

    pub fn emit(&self, event: Event) -> std::io::Result<()> {
        (self.shared.options.output)(event)
    }

    /// The way into the driver's world, opened when it is first needed.
    pub fn bridge(&self) -> Result<&Bridge> {
        if let Some(bridge) = self.shared.bridge.get() {
            return Ok(bridge);
        }
        let bridge = Bridge::new()?;
        Ok(self.shared.bridge.get_or_init(|| bridge))
    }

    /// The client of the session's server, opened when it is first needed.
    ///
    /// # Errors
    /// `Server` where the private server cannot be started, `InvalidUri` where the URI cannot be read.
    pub fn client(&self) -> Result<Client> {
        let mut client = self
            .shared
            .client
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*client {
            return Ok(client.clone());
        }
        let opened = Client::open(self.bridge()?, &self.uri()?, bson::Document::new())?;
        Ok(client.insert(opened).clone())
    }

    /// The client of the session's server, if it was opened already. Never waits.
    pub fn opened_client(&self) -> Option<Client> {
        self.shared.client.try_lock().ok()?.clone()
    }

    /// The session's server, started by now where it is the private one.
    pub fn uri(&self) -> Result<ConnectionString> {
        match &self.shared.options.server {
            ServerSource::Uri(uri) => Ok(uri.clone()),
            ServerSource::Private(start) => start(),
        }
    }

    /// The name of `db`. Finding it out needs no server.
    pub fn database_name(&self) -> &str {
        let options = &self.shared.options;
        let named = match &options.server {
            ServerSource::Uri(uri) => uri.database(),
            ServerSource::Private(_) => None,
        };
        options
            .database
            .as_deref()
            .or(named)
            .unwrap_or(DEFAULT_DATABASE)
    }

    /// Makes `db` another database from here on.
    pub fn use_database(&self, name: &str) {
        let mut used = self
            .shared
            .database
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *used = Some(name.to_owned());
        self.shared.used.store(true, Ordering::Relaxed);
    }

    /// The database that `db` was made, if it was.
    pub fn used_database(&self) -> Option<String> {
        if !self.shared.used.load(Ordering::Relaxed) {
            return None;
        }
        self.shared
            .database
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the last words to servers; nothing can be called afterwards.
    pub fn finish(&self) {
        if let Some(bridge) = self.shared.bridge.get() {
            bridge.finish();
        }
    }

    /// Ends the script in a way that it cannot catch. The first ending stays.
    pub fn end(&self, ending: Ending) -> Box<EvalAltResult> {
        let mut slot = self
            .shared
            .ending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let ending = slot.get_or_insert(ending).clone();
        self.shared.ended.store(true, Ordering::Relaxed);
        EvalAltResult::ErrorTerminated(Dynamic::from(ending), Position::NONE).into()
    }

    /// Why the script has to end, if it has to. Cheap enough for every operation of a script.
    pub fn ending(&self) -> Option<Ending> {
        if self.shared.ended.load(Ordering::Relaxed) {
            return self
                .shared
                .ending
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
        }
        self.interrupt().stopped().map(Ending::Stopped)
    }

    /// Forgets how the last script ended, before the next one of the same session runs.
    pub fn begin(&self) {
        *self
            .shared
            .ending
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
        self.shared.ended.store(false, Ordering::Relaxed);
    }

    /// Whether the session's server has ever answered: from then on, losing it is the script's error and no longer ours.
    pub fn has_reached_a_server(&self) -> bool {
        let client = self
            .shared
            .client
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        client
            .as_ref()
            .is_some_and(|client| client.pool().checkouts() > 0)
    }
}
