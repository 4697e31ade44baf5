use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the player knows about the output of the steps. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct StepOutput {
    /// Whether the output is hidden, while earlier steps run again.
    pub muted: Arc<AtomicBool>,
    has_printed: Arc<AtomicBool>,
}

impl StepOutput {
    /// Notes that a step printed something.
    pub fn note(&self) {
        self.has_printed.store(true, Ordering::Relaxed);
    }

    /// Returns whether something was printed since the last call.
    pub(super) fn take(&self) -> bool {
        self.has_printed.swap(false, Ordering::Relaxed)
    }
}
