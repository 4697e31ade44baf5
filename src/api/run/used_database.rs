//! The database that `db` is, where the prompt changed it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The database that `:use` chose.
#[derive(Default)]
pub struct UsedDatabase {
    // Every read of `db` looks at the flag; most sessions never set it.
    is_set: AtomicBool,
    name: Mutex<Option<String>>,
}

impl UsedDatabase {
    /// Makes `db` another database from here on.
    pub fn set(&self, name: &str) {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_owned());
        self.is_set.store(true, Ordering::Relaxed);
    }

    /// The database that was chosen, if one was.
    pub fn get(&self) -> Option<String> {
        if !self.is_set.load(Ordering::Relaxed) {
            return None;
        }
        let name = self.name.lock().unwrap_or_else(PoisonError::into_inner);
        name.clone()
    }
}
