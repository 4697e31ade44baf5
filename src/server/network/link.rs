use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::connection::Connection;
use super::counts::LinkCounts;
use super::effect::Effect;
use super::fault::Fault;
use super::rules::Rules;

/// One direction between two ends of the network. Bytes count for the link in whose direction they
/// travel; a connection counts for the link whose `from` opened it.
#[derive(Debug, Default)]
pub(super) struct Link {
    rules: watch::Sender<Rules>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    counts: LinkCounts,
    /// The counts at the start of the newest fault.
    at_fault: Option<LinkCounts>,
    open: Vec<Weak<Connection>>,
    /// When the link has sent what it has accepted, under a bandwidth.
    free_at: Option<Instant>,
}

impl Link {
    /// Returns the rules, with their changes.
    pub(super) fn rules(&self) -> watch::Receiver<Rules> {
        self.rules.subscribe()
    }

    /// Starts a fault. `Reset` closes the open connections; it stays for new ones only if the fault
    /// `lasts`.
    pub(super) fn begin(&self, effect: Effect, fault: &Arc<Fault>, lasts: bool) {
        let mut state = self.lock();
        state.at_fault = Some(state.counts);
        state.free_at = None;
        if effect == Effect::Reset {
            let open = std::mem::take(&mut state.open);
            for connection in open.iter().filter_map(Weak::upgrade) {
                connection.close();
                state.counts.reset += 1;
                fault.hit();
            }
        }
        drop(state);
        // Also wakes the flows of the closed connections that wait.
        self.rules.send_modify(|rules| {
            if lasts || effect != Effect::Reset {
                rules.add(effect, fault);
            }
        });
    }

    pub(super) fn end(&self, fault: &Arc<Fault>) {
        self.rules.send_modify(|rules| rules.remove(fault));
    }

    pub(super) fn clear(&self) {
        self.rules.send_modify(Rules::clear);
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut LinkCounts)) {
        change(&mut self.lock().counts);
    }

    pub(super) fn add_connection(&self, connection: &Arc<Connection>) {
        let mut state = self.lock();
        state.counts.connections += 1;
        state.open.retain(|open| open.strong_count() > 0);
        state.open.push(Arc::downgrade(connection));
    }

    /// Returns when the link has sent this many bytes more at this speed.
    pub(super) fn send_at(&self, bytes: usize, bytes_per_second: u64) -> Instant {
        let now = Instant::now();
        let mut state = self.lock();
        let begin = state.free_at.map_or(now, |free| free.max(now));
        let time = Duration::from_secs_f64(bytes as f64 / bytes_per_second.max(1) as f64);
        let done = begin + time;
        state.free_at = Some(done);
        done
    }

    /// Returns what was counted in total, and since the newest fault started.
    pub(super) fn counts(&self) -> (LinkCounts, Option<LinkCounts>) {
        let state = self.lock();
        let since_fault = state.at_fault.map(|earlier| state.counts.since(&earlier));
        (state.counts, since_fault)
    }

    /// Locks also after a panic of another thread: the state is never half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
