//! The database that `db` refers to after `:use` at the prompt.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The database that `:use` selected.
#[derive(Default)]
pub struct UsedDatabase {
    // Each read of `db` reads this flag, which most sessions never set.
    is_set: AtomicBool,
    name: Mutex<Option<String>>,
}

impl UsedDatabase {
    /// Makes `db` another database from now on.
    pub fn set(&self, name: &str) {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_owned());
        self.is_set.store(true, Ordering::Relaxed);
    }

    /// Returns the selected database, if there is one.
    pub fn get(&self) -> Option<String> {
        if !self.is_set.load(Ordering::Relaxed) {
            return None;
        }
        let name = self.name.lock().unwrap_or_else(PoisonError::into_inner);
        name.clone()
    }
}
