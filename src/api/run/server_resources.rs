//! What a run has created on servers and removes at its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::mongo::{ConnectionString, FailPoint, SharedSession};
use crate::server::{ReplicaSet, SetNetwork, UnusedFault};

/// The client sessions, fail points and replica sets of a run.
#[derive(Default)]
pub struct ServerResources {
    client_sessions: Mutex<Vec<SharedSession>>,
    fail_points: Mutex<Vec<Arc<FailPoint>>>,
    sets: Mutex<Vec<Arc<ReplicaSet>>>,
}

impl ServerResources {
    /// Adds a session, which ends with the run.
    pub fn add_client_session(&self, session: SharedSession) {
        lock(&self.client_sessions).push(session);
    }

    /// Adds a fail point, which is turned off when the script ends.
    pub fn add_fail_point(&self, fail_point: Arc<FailPoint>) {
        let mut fail_points = lock(&self.fail_points);
        fail_points.retain(|known| !known.is_off());
        fail_points.push(fail_point);
    }

    /// Adds a replica set, which is stopped when the script ends.
    pub fn add_set(&self, set: Arc<ReplicaSet>) {
        lock(&self.sets).push(set);
    }

    /// Returns the connection strings of the replica sets that the script started.
    pub fn set_uris(&self) -> Vec<ConnectionString> {
        let sets = lock(&self.sets);
        sets.iter().map(|set| set.uri().clone()).collect()
    }

    /// Returns the network faults of the sets that no traffic has met.
    pub fn unused_faults(&self) -> Vec<UnusedFault> {
        let sets = lock(&self.sets);
        let networks = sets.iter().filter_map(|set| set.network());
        networks.flat_map(SetNetwork::unused_faults).collect()
    }

    /// Ends the sessions, turns the fail points off and stops the sets.
    pub fn remove_all(&self) {
        let sessions = std::mem::take(&mut *lock(&self.client_sessions));
        sessions.iter().for_each(SharedSession::end);
        let fail_points = std::mem::take(&mut *lock(&self.fail_points));
        for fail_point in fail_points {
            let _ = fail_point.off();
        }
        let sets = std::mem::take(&mut *lock(&self.sets));
        sets.iter().for_each(|set| set.stop());
    }
}

/// Locks also after a panic of another thread: the data is never half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
