//! Which input of a front end the output of the current thread belongs to.

use std::cell::Cell;

thread_local! {
    static ORIGIN: Cell<u64> = const { Cell::new(0) };
}

/// Returns the input that this thread works for: the cell of a notebook that started it, also
/// through tasks.
pub fn current() -> u64 {
    ORIGIN.get()
}

/// Makes this thread work for an input. Threads that it starts for a script do the same.
pub fn enter(origin: u64) {
    ORIGIN.set(origin);
}
