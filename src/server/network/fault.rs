use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What to do when a fault has ended.
pub(super) type OnEnd = Box<dyn FnOnce() + Send>;

/// A fault that a script started. It can be on several links, as a partition is.
pub(super) struct Fault {
    /// The call that started it, for messages.
    pub call: String,
    /// The line of that call in the script.
    pub line: Option<usize>,
    was_hit: AtomicBool,
    /// On how many links it is.
    links: AtomicUsize,
    on_end: Mutex<Option<OnEnd>>,
}

impl Fault {
    pub(super) fn new(call: String, line: Option<usize>, on_end: OnEnd) -> Self {
        Self {
            call,
            line,
            was_hit: AtomicBool::new(false),
            links: AtomicUsize::new(0),
            on_end: Mutex::new(Some(on_end)),
        }
    }

    /// Notes that the fault is on one link more.
    pub(super) fn enter(&self) {
        self.links.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that the fault is on one link less. It ends with the last one.
    pub(super) fn leave(&self) {
        if self.links.fetch_sub(1, Ordering::Relaxed) == 1 {
            let mut on_end = self.on_end.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(on_end) = on_end.take() {
                on_end();
            }
        }
    }

    /// Notes that the fault has affected traffic.
    pub(super) fn hit(&self) {
        self.was_hit.store(true, Ordering::Relaxed);
    }

    pub(super) fn was_hit(&self) -> bool {
        self.was_hit.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({})", self.call)
    }
}
