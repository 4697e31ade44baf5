//! What one run of a script shares among its functions: output, chance, arguments, the way to its server.

use std::sync::Arc;

use rhai::{Dynamic, NativeCallContext};

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
            shared: Arc::new(Shared { options, random }),
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
}
