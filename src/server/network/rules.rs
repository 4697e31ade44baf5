use std::sync::Arc;
use std::time::Duration;

use super::effect::Effect;
use super::fault::Fault;

/// The faults that are now on a link, oldest first. Faults of different kinds work together; of two
/// of one kind, the newer one counts until it ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    active: Vec<(Effect, Arc<Fault>)>,
}

impl Rules {
    pub(super) fn add(&mut self, effect: Effect, fault: &Arc<Fault>) {
        fault.enter();
        self.active.push((effect, Arc::clone(fault)));
    }

    pub(super) fn remove(&mut self, fault: &Arc<Fault>) {
        let ends = |(_, active): &mut (Effect, Arc<Fault>)| Arc::ptr_eq(active, fault);
        for (_, fault) in self.active.extract_if(.., ends) {
            fault.leave();
        }
    }

    pub(super) fn clear(&mut self) {
        for (_, fault) in self.active.drain(..) {
            fault.leave();
        }
    }

    /// Returns the newest value that `pick` finds, and its fault.
    fn newest<T>(&self, pick: impl Fn(Effect) -> Option<T>) -> Option<(T, &Arc<Fault>)> {
        let mut newest_first = self.active.iter().rev();
        newest_first.find_map(|(effect, fault)| Some((pick(*effect)?, fault)))
    }

    fn find(&self, wanted: Effect) -> Option<&Arc<Fault>> {
        let found = self.newest(|effect| (effect == wanted).then_some(()))?;
        Some(found.1)
    }

    pub(super) fn drops(&self) -> Option<&Arc<Fault>> {
        self.find(Effect::Drop)
    }

    pub(super) fn refuses(&self) -> Option<&Arc<Fault>> {
        self.find(Effect::Refuse)
    }

    pub(super) fn resets(&self) -> Option<&Arc<Fault>> {
        self.find(Effect::Reset)
    }

    /// Returns the delay and the jitter.
    pub(super) fn latency(&self) -> Option<((Duration, Duration), &Arc<Fault>)> {
        self.newest(|effect| match effect {
            Effect::Latency { delay, jitter } => Some((delay, jitter)),
            _ => None,
        })
    }

    /// Returns the bytes for each second.
    pub(super) fn bandwidth(&self) -> Option<(u64, &Arc<Fault>)> {
        self.newest(|effect| match effect {
            Effect::Bandwidth { bytes_per_second } => Some(bytes_per_second),
            _ => None,
        })
    }

    /// Returns the size of a piece and the pause before the next one.
    pub(super) fn slice(&self) -> Option<((usize, Duration), &Arc<Fault>)> {
        self.newest(|effect| match effect {
            Effect::Slice { bytes, pause } => Some((bytes, pause)),
            _ => None,
        })
    }

    /// Returns the bytes that a connection may carry.
    pub(super) fn limit(&self) -> Option<(u64, &Arc<Fault>)> {
        self.newest(|effect| match effect {
            Effect::Limit { bytes } => Some(bytes),
            _ => None,
        })
    }

    /// Returns whether a fault makes bytes arrive later.
    pub(super) fn delays(&self) -> bool {
        self.latency().is_some() || self.bandwidth().is_some() || self.slice().is_some()
    }
}
