//! The call that the current thread is in. It connects what the driver does to a line of the
//! script.

use std::cell::{Cell, RefCell};

use super::collected::CallEnd;
use super::{Nanos, Place, Recorder};

thread_local! {
    static TASK: Cell<u32> = const { Cell::new(0) };
    static CALLS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// Returns the innermost call that this thread is in.
pub fn current_call() -> Option<u32> {
    CALLS.with_borrow(|calls| calls.last().copied())
}

pub(super) fn current_task() -> u32 {
    TASK.get()
}

/// Makes this thread the given task until the guard is dropped.
pub fn enter_task(recorder: Recorder, kind: &str, place: Option<Place>) -> impl Drop + use<> {
    let id = recorder.begin_task(kind);
    TASK.set(id);
    TaskScope {
        begin: recorder.now(),
        kind: kind.to_owned(),
        id,
        place,
        recorder,
    }
}

struct TaskScope {
    recorder: Recorder,
    id: u32,
    kind: String,
    place: Option<Place>,
    begin: Nanos,
}

impl Drop for TaskScope {
    fn drop(&mut self) {
        self.recorder
            .end_task(self.id, &self.kind, self.place.take(), self.begin);
        TASK.set(0);
    }
}

/// A call of the script on this thread, from its begin to its end.
#[must_use]
pub struct CallScope {
    recorder: Recorder,
    end: Option<CallEnd>,
}

impl CallScope {
    pub(super) fn enter(recorder: Recorder, end: CallEnd) -> Self {
        CALLS.with_borrow_mut(|calls| calls.push(end.id));
        Self {
            recorder,
            end: Some(end),
        }
    }

    /// Ends the call that failed with an error of this kind.
    pub fn fail(mut self, kind: &str) {
        self.leave(Some(kind));
    }

    fn leave(&mut self, error: Option<&str>) {
        if let Some(end) = self.end.take() {
            // A loop may end after the call that began it.
            CALLS.with_borrow_mut(|calls| calls.retain(|call| *call != end.id));
            self.recorder.end_call(end, error);
        }
    }
}

impl Drop for CallScope {
    /// Ends the call. It succeeded, unless [`fail`](Self::fail) was called.
    fn drop(&mut self) {
        self.leave(None);
    }
}
