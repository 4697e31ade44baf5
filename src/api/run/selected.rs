//! What `:use` at the prompt selects: the database or the client that `db` and `client` refer to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A value that `:use` selected.
pub struct Selected<T> {
    // Each read of `db` reads this flag, which most sessions never set.
    is_set: AtomicBool,
    value: Mutex<Option<T>>,
}

impl<T> Default for Selected<T> {
    fn default() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            value: Mutex::new(None),
        }
    }
}

impl<T: Clone> Selected<T> {
    /// Selects a value; `None` selects what the session began with.
    pub fn set(&self, value: Option<T>) {
        let is_set = value.is_some();
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = value;
        self.is_set.store(is_set, Ordering::Relaxed);
    }

    /// Returns the selected value, if there is one.
    pub fn get(&self) -> Option<T> {
        if !self.is_set.load(Ordering::Relaxed) {
            return None;
        }
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        value.clone()
    }
}
