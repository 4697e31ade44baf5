use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use crate::record::{FaultKind, OpenFault, Recorder};

/// A fault that the script made, of a member or of the network of a set.
pub struct MadeFault {
    /// What it is, for pictures: `kill m0`, `isolate(m0)`.
    pub label: String,
    pub begin: Instant,
    kind: FaultKind,
    target: String,
    end: OnceLock<Instant>,
    /// The same fault in the recording of the run, if there is one.
    recorded: Mutex<Option<OpenFault>>,
}

impl MadeFault {
    pub fn new(recorder: Option<&Recorder>, kind: FaultKind, target: &str, label: String) -> Self {
        let recorded = recorder.map(|recorder| recorder.begin_fault(kind, target));
        Self {
            label,
            begin: Instant::now(),
            kind,
            target: target.to_owned(),
            end: OnceLock::new(),
            recorded: Mutex::new(recorded),
        }
    }

    /// Returns whether it is of this kind and affects this member.
    pub fn is(&self, kind: FaultKind, target: &str) -> bool {
        self.kind == kind && self.target == target
    }

    /// Notes that the fault ends now. A second call does nothing.
    pub fn end(&self) {
        let _ = self.end.set(Instant::now());
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(recorded) = recorded.take() {
            recorded.end(None);
        }
    }

    /// Returns when it ended; `None` if it is still on.
    pub fn ended(&self) -> Option<Instant> {
        self.end.get().copied()
    }
}
