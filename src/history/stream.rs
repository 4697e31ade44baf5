//! The checker for change streams: is every acknowledged change reported once, in order?

use std::collections::BTreeMap;

use super::change::Change;
use super::finding::Finding;
use super::operation::{Action, Operation};
use super::verdict::{Anomaly, Verdict};

/// The operations that make one change.
#[derive(Default)]
struct Made {
    places: Vec<usize>,
    acknowledged: usize,
    /// How many may have happened.
    possible: usize,
    first_begin: u64,
    last_effect: u64,
    reported: usize,
}

/// Judges the events of a change stream by the writes and adds of the history.
///
/// If several operations make the same change, at least one event must report it, and at most one
/// event for each operation.
pub fn check_stream(operations: &[Operation], events: &[Change]) -> Verdict {
    let mut changes = changes(operations);
    let mut verdict = Verdict {
        operations: changes.values().map(|made| made.places.len()).sum(),
        ..Verdict::default()
    };
    let mut order = Order::default();
    for event in events {
        let known = event
            .candidates
            .iter()
            .find(|one| changes.contains_key(*one));
        match known.and_then(|one| Some((*one, changes.get_mut(one)?))) {
            Some((change, made)) => {
                made.reported += 1;
                if made.reported == 1 && made.possible > 0 {
                    order.next(change, made);
                }
            }
            None => {
                let shown = Finding::Element(event.shown);
                verdict.unexpected.push(shown);
            }
        }
    }
    count(&changes, &mut verdict);
    verdict.out_of_order = order.late.iter().map(|(late, _)| *late).collect();
    refute(&changes, &order, &mut verdict);
    if verdict.operations == 0 && verdict.valid.is_none() {
        verdict.reason = Some("the history has no changes: use `write` or `add`".to_owned());
    } else {
        verdict.valid.get_or_insert(true);
    }
    verdict
}

/// Returns each change that the history has, with the operations that make it.
fn changes(operations: &[Operation]) -> BTreeMap<Finding, Made> {
    let mut changes: BTreeMap<Finding, Made> = BTreeMap::new();
    for (place, operation) in operations.iter().enumerate() {
        let change = match operation.action {
            Action::Write { key, value } => Finding::Value { key, value },
            Action::Add { element, .. } => Finding::Element(element),
            Action::Read { .. } | Action::ReadSet { .. } => continue,
        };
        let made = changes.entry(change).or_default();
        made.places.push(place);
        made.acknowledged += usize::from(operation.is_ok());
        if operation.may_have_happened() {
            if made.possible == 0 {
                made.first_begin = operation.begin;
            }
            made.possible += 1;
            made.last_effect = made.last_effect.max(operation.last_effect());
        }
    }
    changes
}

/// Lists the changes that were reported too often or not at all.
fn count(changes: &BTreeMap<Finding, Made>, verdict: &mut Verdict) {
    for (change, made) in changes {
        if made.reported == 0 {
            if made.acknowledged > 0 {
                verdict.lost.push(*change);
            }
        } else if made.possible == 0 {
            verdict.unexpected.push(*change);
        } else if made.reported > made.possible {
            verdict.duplicated.push(*change);
        } else if made.acknowledged == 0 {
            verdict.recovered.push(*change);
        }
    }
}

fn refute(changes: &BTreeMap<Finding, Made>, order: &Order, verdict: &mut Verdict) {
    let found = [
        (Anomaly::Lost, verdict.lost.first().copied()),
        (Anomaly::Unexpected, verdict.unexpected.first().copied()),
        (Anomaly::Duplicated, verdict.duplicated.first().copied()),
    ];
    let places = |change: Finding| {
        changes
            .get(&change)
            .map_or(Vec::new(), |made| made.places.clone())
    };
    for (anomaly, change) in found {
        if let Some(change) = change {
            verdict.refute(anomaly, change, places(change));
        }
    }
    if let Some((late, early)) = order.late.first() {
        let places = [places(*early), places(*late)].concat();
        verdict.refute(Anomaly::OutOfOrder, *late, places);
    }
}

/// Compares the order of the events with the order of the operations.
#[derive(Default)]
struct Order {
    /// Of the events so far: the change that began last, and when it began.
    newest: Option<(u64, Finding)>,
    /// Each change that was over before a change began that was reported earlier.
    late: Vec<(Finding, Finding)>,
}

impl Order {
    fn next(&mut self, change: Finding, made: &Made) {
        match self.newest {
            Some((begin, earlier)) if made.last_effect < begin => self.late.push((change, earlier)),
            Some((begin, _)) if made.first_begin < begin => {}
            _ => self.newest = Some((made.first_begin, change)),
        }
    }
}
