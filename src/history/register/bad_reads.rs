//! Finds bad reads without a search: each of them alone proves that the key is not linearizable.

use std::collections::{BTreeMap, HashMap};

use super::key_history::{Effect, KeyHistory};
use crate::history::value_id::ValueId;
use crate::history::verdict::Anomaly;

/// The bad reads of one key.
#[derive(Default)]
pub struct BadReads {
    reads: Vec<BadRead>,
    /// The values of acknowledged writes that no later read could see.
    pub lost: Vec<ValueId>,
}

/// A read that no order of the operations explains.
#[derive(Clone, Copy)]
pub struct BadRead {
    pub anomaly: Anomaly,
    pub place: usize,
    /// The value that was read, or the value that was lost.
    pub subject: ValueId,
}

impl BadReads {
    /// Finds reads of values that were not written, and reads of values that an acknowledged write
    /// had replaced before the read began.
    pub fn of(history: &KeyHistory) -> Self {
        let last_writes = last_writes(history);
        let replaced = ReplacedBy::of(history);
        let mut found = Self::default();
        let mut losses: HashMap<usize, Vec<&Effect>> = HashMap::new();
        for read in history.reads() {
            match last_writes.get(&read.value) {
                None => found.push(Anomaly::Unexpected, read, read.value),
                Some(last) => {
                    if let Some(newer) = replaced.newest_before(read.begin)
                        && newer.begin > *last
                    {
                        losses.entry(newer.place).or_default().push(read);
                    }
                }
            }
        }
        let mut losses: Vec<_> = losses.into_iter().collect();
        losses.sort_unstable_by_key(|(place, _)| *place);
        for (place, old) in losses {
            let write = history.acknowledged().find(|write| write.place == place);
            let Some(write) = write else { continue };
            let is_old = |value| {
                last_writes
                    .get(&value)
                    .is_some_and(|last| *last < write.begin)
            };
            let mut later = history.reads().filter(|read| read.begin > write.end);
            let is_lost = later.all(|read| is_old(read.value));
            if is_lost {
                found.lost.push(write.value);
            }
            for read in old {
                match is_lost {
                    true => found.push(Anomaly::Lost, read, write.value),
                    false => found.push(Anomaly::Stale, read, read.value),
                }
            }
        }
        found
    }

    fn push(&mut self, anomaly: Anomaly, read: &Effect, subject: ValueId) {
        self.reads.push(BadRead {
            anomaly,
            place: read.place,
            subject,
        });
    }

    /// Returns the values of the reads with this anomaly, each once.
    pub fn values(&self, anomaly: Anomaly) -> impl Iterator<Item = ValueId> {
        let mut values: Vec<_> = self
            .reads
            .iter()
            .filter(|read| read.anomaly == anomaly)
            .collect();
        values.sort_by_key(|read| read.subject);
        values.dedup_by_key(|read| read.subject);
        values.into_iter().map(|read| read.subject)
    }

    /// Returns the first read with the most serious anomaly.
    pub fn worst(&self) -> Option<BadRead> {
        let reads = self.reads.iter().copied();
        reads.min_by_key(|read| (read.anomaly as usize, read.place))
    }
}

/// Returns the latest moment at which each value can have been written.
fn last_writes(history: &KeyHistory) -> HashMap<ValueId, u64> {
    let mut last = HashMap::from([(ValueId::ABSENT, 0)]);
    for write in history.writes() {
        let end = last.entry(write.value).or_default();
        *end = (*end).max(write.end);
    }
    last
}

/// For each end of an acknowledged write: which of the writes that have ended began last?
struct ReplacedBy<'a> {
    newest: BTreeMap<u64, &'a Effect>,
}

impl<'a> ReplacedBy<'a> {
    fn of(history: &'a KeyHistory) -> Self {
        let mut writes: Vec<_> = history.acknowledged().collect();
        writes.sort_by_key(|write| write.end);
        let mut newest = BTreeMap::new();
        let mut best: Option<&Effect> = None;
        for write in writes {
            best = best.filter(|best| best.begin > write.begin).or(Some(write));
            newest.extend(best.map(|best| (write.end, best)));
        }
        Self { newest }
    }

    fn newest_before(&self, moment: u64) -> Option<&'a Effect> {
        self.newest
            .range(..moment)
            .next_back()
            .map(|(_, write)| *write)
    }
}
