//! The limits of scripts. They are set here because Rhai's own limits differ between debug and
//! release builds.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine, OptimizationLevel};

use super::memory;
use crate::api::run::run_limits::Exceeded;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;

/// How deep function calls may be nested.
pub const CALL_LEVELS: usize = 200;

/// How deep expressions may be nested. Rhai counts three levels for a document in a document, so
/// about 300 are possible, more than a server accepts.
pub const EXPRESSION_DEPTH: usize = 1000;

/// The stack of the script's thread. It is only reserved: memory is used when it is needed.
pub const STACK_BYTES: usize = 256 * 1024 * 1024;

/// How often the time and the memory are checked. A script exceeds its time limit by no more than
/// this.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How often the folders of servers are measured.
const MEASURE_EVERY: Duration = Duration::from_millis(300);

/// Sets all limits, and makes each operation of a script check the session's interrupt.
///
/// The number of operations is not limited, because a script may watch changes for days. The sizes
/// of strings and arrays are not limited, because Rhai would measure them at every call;
/// [`Watcher`] checks the memory of the program instead.
pub fn set(engine: &mut Engine, session: &Session) {
    for_reading(engine);
    let session = session.clone();
    // Rhai calls this at every operation, so the usual case must be fast.
    engine.on_progress(move |_| {
        if session.run_state().may_continue() {
            return None;
        }
        session.ending().map(Dynamic::from)
    });
}

/// Sets the limits that parsing needs.
pub fn for_reading(engine: &mut Engine) {
    engine
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(EXPRESSION_DEPTH, EXPRESSION_DEPTH)
        .set_max_strings_interned(0)
        .set_optimization_level(OptimizationLevel::Simple);
}

/// Checks the time and the memory on its own thread, and ends the script at a limit.
///
/// The script's thread cannot do it: it may be inside one long native function.
pub struct Watcher {
    // The thread ends when this is dropped.
    _alive: Sender<()>,
}

impl Watcher {
    pub fn start(session: &Session) -> Self {
        let (alive, ended) = mpsc::channel::<()>();
        let session = session.clone();
        let _ = thread::Builder::new()
            .name("watcher".into())
            .spawn(move || {
                let limit = session.limits().memory.unwrap_or_else(memory::limit);
                let mut looked_at_data = Instant::now();
                while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK_EVERY) {
                    session.until_busy();
                    session.interrupt().stopped_by_now();
                    if memory::in_use().is_some_and(|bytes| bytes > limit) {
                        let limit_mib = limit >> 20;
                        let _ = session.end(Termination::OutOfMemory { limit_mib });
                    }
                    if let Some(data) = &session.limits().data
                        && looked_at_data.elapsed() > MEASURE_EVERY
                    {
                        looked_at_data = Instant::now();
                        if (data.measure)() > data.bytes {
                            let _ = session.exceed(Exceeded::Data(data.bytes));
                        }
                    }
                }
            });
        Self { _alive: alive }
    }
}
