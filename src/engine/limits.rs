//! What a script may use up, said outright: Rhai's own limits differ between debug and release builds.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine, OptimizationLevel};

use super::memory;
use crate::api::run::run_limits::Exceeded;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;

/// How deep functions may call each other.
pub const CALL_LEVELS: usize = 200;

/// How deep expressions may be nested. Rhai counts three levels for a document inside a document, so that 300 fit:
/// three times what a server takes.
pub const EXPRESSION_DEPTH: usize = 1000;

/// The stack of the thread a script runs on. It is reserved, and costs memory only where it is used.
pub const STACK_BYTES: usize = 256 * 1024 * 1024;

/// How often the clock and the memory are looked at. A deadline is missed by no more than this.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How often the folders of servers are measured.
const MEASURE_EVERY: Duration = Duration::from_millis(300);

/// Sets every limit, and makes each operation of a script look at the session's switch.
///
/// There is no limit on operations: a watch runs for days. Nor on the sizes of strings and arrays, which Rhai would
/// measure anew at every call; [`Watcher`] looks at the memory of the whole program instead.
pub fn set(engine: &mut Engine, session: &Session) {
    for_reading(engine);
    let session = session.clone();
    // Rhai asks at every step, and the answer is nearly always the short one.
    engine.on_progress(move |_| {
        if session.run_state().is_going_on() {
            return None;
        }
        session.ending().map(Dynamic::from)
    });
}

/// Sets those that say which scripts can be read at all.
pub fn for_reading(engine: &mut Engine) {
    engine
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(EXPRESSION_DEPTH, EXPRESSION_DEPTH)
        .set_max_strings_interned(0)
        .set_optimization_level(OptimizationLevel::Simple);
}

/// Looks at the clock and at the memory for as long as it lives, and ends the script where either runs out.
///
/// A thread of its own, because the script's may be deep inside one function that takes its time.
pub struct Watcher {
    // Dropped with the watcher, which ends its thread.
    _alive: Sender<()>,
}

impl Watcher {
    pub fn start(session: &Session) -> Self {
        let (alive, ended) = mpsc::channel::<()>();
        let session = session.clone();
        let limit = session.limits().memory.unwrap_or_else(memory::limit);
        let _ = thread::Builder::new()
            .name("watcher".into())
            .spawn(move || {
                let mut looked_at_data = Instant::now();
                while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK_EVERY) {
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
