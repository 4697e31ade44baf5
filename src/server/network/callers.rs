use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Result;

use super::endpoint::Endpoint;

/// The process numbers of the members, by which a proxy knows who opened a connection.
#[derive(Debug, Default)]
pub(in crate::server) struct Callers {
    members: Mutex<HashMap<u32, usize>>,
}

impl Callers {
    /// Starts the process of a member with `start`, which returns its number. Connections are not
    /// assigned until the number is known.
    pub(in crate::server) fn start(
        &self,
        member: usize,
        start: impl FnOnce() -> Result<Option<u32>>,
    ) -> Result<()> {
        let mut members = self.lock();
        // The system may give the number of a member that has ended to another process.
        members.retain(|_, known| *known != member);
        if let Some(process) = start()? {
            members.insert(process, member);
        }
        Ok(())
    }

    /// Returns the end to which a process belongs.
    pub(super) fn end_of(&self, process: Option<i32>) -> Endpoint {
        let process = process.and_then(|process| u32::try_from(process).ok());
        let member = process.and_then(|process| self.lock().get(&process).copied());
        member.map_or(Endpoint::Client, Endpoint::Member)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, usize>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
