//! The checker for registers: is there one order of all writes and reads of a key that explains
//! what the reads returned?
//!
//! A key is judged alone, since operations on different keys do not affect each other.

pub mod bad_reads;
pub mod key_history;
pub mod minimise;
pub mod search;
pub mod state;

use std::collections::BTreeMap;

use super::finding::Finding;
use super::limits::Limits;
use super::operation::{Action, Operation};
use super::verdict::{Anomaly, Verdict};
use bad_reads::{BadRead, BadReads};
use key_history::KeyHistory;
use minimise::minimise;
use search::{Search, search};

/// Judges all writes and reads of keys. A write of unknown outcome may take effect at any later
/// time, or never. Before the first write a key has no value.
pub fn check_register(operations: &[Operation], limits: &Limits) -> Verdict {
    let mut keys = BTreeMap::new();
    for (place, operation) in operations.iter().enumerate() {
        if let Action::Write { key, .. } | Action::Read { key, .. } = operation.action {
            let history: &mut KeyHistory = keys.entry(key).or_default();
            history.add(place, operation);
        }
    }
    let mut verdict = Verdict {
        operations: keys.values().map(|key| key.operations).sum(),
        ..Verdict::default()
    };
    let mut bad: Option<(Anomaly, _, KeyHistory)> = None;
    for (key, history) in &keys {
        let reads = BadReads::of(history);
        let of_key = |value| Finding::Value { key: *key, value };
        verdict.lost.extend(reads.lost.iter().copied().map(of_key));
        verdict.recovered.extend(history.recovered().map(of_key));
        verdict
            .unexpected
            .extend(reads.values(Anomaly::Unexpected).map(of_key));
        verdict
            .stale
            .extend(reads.values(Anomaly::Stale).map(of_key));
        if let Some(worst) = reads.worst() {
            let BadRead {
                anomaly, subject, ..
            } = worst;
            let is_worse = bad
                .as_ref()
                .is_none_or(|(other, ..)| (anomaly as usize) < *other as usize);
            if is_worse {
                let part = history.with_one_read(worst.place);
                bad = Some((anomaly, of_key(subject), part));
            }
            continue;
        }
        match search(history, limits) {
            Search::Linearizable => {}
            Search::NotLinearizable if bad.is_none() => {
                bad = Some((
                    Anomaly::NotLinearizable,
                    Finding::Key(*key),
                    history.clone(),
                ));
            }
            Search::NotLinearizable => {}
            Search::Undecided(why) => {
                verdict.reason.get_or_insert(why);
            }
        }
    }
    if let Some((anomaly, subject, history)) = bad {
        let places = match anomaly {
            Anomaly::Unexpected => history.reads_and_failed_writes(),
            _ => minimise(history, limits).places(),
        };
        verdict.refute(anomaly, subject, places);
        verdict.reason = None;
    } else if verdict.operations == 0 {
        verdict.reason =
            Some("the history has no operations on keys: use `write` and `read`".to_owned());
    } else if verdict.reason.is_none() {
        verdict.valid = Some(true);
    }
    verdict
}
