use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::Name;

/// The names in a recording, so that each one is in memory once. Copies share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    known: Arc<Mutex<HashSet<Name>>>,
}

impl Names {
    /// Returns a shared copy of a name.
    pub(super) fn shared(&self, name: &str) -> Name {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(name) {
            return known.clone();
        }
        let new: Name = name.into();
        known.insert(new.clone());
        new
    }
}
