use std::sync::atomic::{AtomicBool, Ordering};

/// A fault that a script started. It can be on several links, as a partition is.
#[derive(Debug)]
pub(super) struct Fault {
    /// The call that started it, for messages.
    pub call: String,
    /// The line of that call in the script.
    pub line: Option<usize>,
    was_hit: AtomicBool,
}

impl Fault {
    pub(super) fn new(call: String, line: Option<usize>) -> Self {
        Self {
            call,
            line,
            was_hit: AtomicBool::new(false),
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
