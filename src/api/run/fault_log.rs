use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::made_fault::MadeFault;
use crate::record::{FaultKind, Recorder};

/// Older faults are forgotten.
const MOST: usize = 1000;

/// The newest faults that the script made, oldest first.
#[derive(Default)]
pub struct FaultLog {
    faults: Mutex<VecDeque<Arc<MadeFault>>>,
}

impl FaultLog {
    /// Notes the begin of a fault. `target` is the member or what else is affected.
    pub fn begin(
        &self,
        recorder: Option<&Recorder>,
        kind: FaultKind,
        target: &str,
        label: String,
    ) -> Arc<MadeFault> {
        let fault = Arc::new(MadeFault::new(recorder, kind, target, label));
        let mut faults = self.lock();
        if faults.len() == MOST {
            faults.pop_front();
        }
        faults.push_back(Arc::clone(&fault));
        fault
    }

    /// Notes the end of the faults of these kinds of a member.
    pub fn end(&self, kinds: &[FaultKind], member: &str) {
        for fault in self.all() {
            if fault.ended().is_none() && kinds.iter().any(|kind| fault.is(*kind, member)) {
                fault.end();
            }
        }
    }

    pub fn all(&self) -> Vec<Arc<MadeFault>> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<MadeFault>>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
