use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::record::{FaultKind, OpenFault, Recorder};

/// The faults of members that have not ended, for the recording.
#[derive(Default)]
pub struct OpenFaults {
    open: Mutex<HashMap<(FaultKind, String), OpenFault>>,
}

impl OpenFaults {
    /// Records the begin of a fault of a member.
    pub fn begin(&self, recorder: &Recorder, kind: FaultKind, member: &str) {
        let fault = recorder.begin_fault(kind, member);
        self.lock().insert((kind, member.to_owned()), fault);
    }

    /// Records the end of the faults of these kinds of a member.
    pub fn end(&self, kinds: &[FaultKind], member: &str) {
        let mut open = self.lock();
        for kind in kinds {
            if let Some(fault) = open.remove(&(*kind, member.to_owned())) {
                fault.end(None);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(FaultKind, String), OpenFault>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
