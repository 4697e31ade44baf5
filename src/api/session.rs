//! What one run of a script shares among its functions: output, chance, arguments, the way to its server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};

use super::ending::Ending;
use super::random::Random;
use crate::error::{Error, Kind, Result};
use crate::mongo::Interrupt;

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
    // The flag beside the lock is what every operation of a script looks at.
    ended: AtomicBool,
    ending: Mutex<Option<Ending>>,
    reached: AtomicBool,
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
}

impl Session {
    pub fn new(options: SessionOptions) -> Self {
        let random = Random::new(options.seed);
        Self {
            shared: Arc::new(Shared {
                options,
                random,
                ended: AtomicBool::new(false),
                ending: Mutex::new(None),
                reached: AtomicBool::new(false),
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

    /// Notes that a server has answered: from here on, a lost server is the script's error and no longer ours.
    pub fn mark_reached(&self) {
        self.shared.reached.store(true, Ordering::Relaxed);
    }

    /// Whether any server has answered in this session.
    pub fn has_reached_a_server(&self) -> bool {
        self.shared.reached.load(Ordering::Relaxed)
    }
}
