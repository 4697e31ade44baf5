//! The checker for sets: which acknowledged elements do the reads return?

use std::collections::{BTreeMap, HashSet};

use super::finding::Finding;
use super::operation::{Action, Operation};
use super::outcome::Outcome;
use super::value_id::ValueId;
use super::verdict::{Anomaly, Verdict};

/// One set: its elements and its successful reads, in the order in which they began.
#[derive(Default)]
struct SetHistory {
    elements: BTreeMap<ValueId, Element>,
    reads: Vec<SetRead>,
}

struct SetRead {
    place: usize,
    begin: u64,
    present: HashSet<ValueId>,
}

#[derive(Default)]
struct Element {
    /// The places of the operations that add it.
    adds: Vec<usize>,
    is_acknowledged: bool,
    /// `false` if every operation that adds it failed.
    may_exist: bool,
    /// When it was first acknowledged or read, and by which operation.
    known: Option<(u64, usize)>,
    /// The last read that returned it: when it began, and its place.
    last_present: Option<(u64, usize)>,
    duplicated_in: Option<usize>,
}

/// Judges all operations on sets.
///
/// An element must be in every read that begins after it was acknowledged, or after another read
/// returned it. An element that is missing until the end is *lost*, otherwise it is *stale*.
pub fn check_set(operations: &[Operation]) -> Verdict {
    let mut sets: BTreeMap<ValueId, SetHistory> = BTreeMap::new();
    let mut verdict = Verdict::default();
    for (place, operation) in operations.iter().enumerate() {
        match &operation.action {
            Action::Add { set, element } => {
                verdict.operations += 1;
                let set = sets.entry(*set).or_default();
                set.add(*element, place, operation);
            }
            Action::ReadSet { set, elements } => {
                verdict.operations += 1;
                let set = sets.entry(*set).or_default();
                if let (Some(elements), Some(end)) = (elements, operation.end) {
                    set.read(elements, place, operation.begin, end);
                }
            }
            Action::Write { .. } | Action::Read { .. } => {}
        }
    }
    let mut anomalies = Vec::new();
    let mut never_read = 0;
    for set in sets.values() {
        never_read += set.judge(&mut verdict, &mut anomalies);
    }
    anomalies.sort_by_key(|(anomaly, ..)| *anomaly as usize);
    if let Some((anomaly, element, places)) = anomalies.into_iter().next() {
        verdict.refute(anomaly, element, places);
    } else if verdict.operations == 0 {
        verdict.reason =
            Some("the history has no operations on sets: use `add` and `read_set`".to_owned());
    } else if never_read > 0 {
        let elements = if never_read == 1 {
            "element was"
        } else {
            "elements were"
        };
        verdict.reason = Some(format!(
            "{never_read} acknowledged {elements} added after the last read began: read the set at the end"
        ));
    } else {
        verdict.valid = Some(true);
    }
    verdict
}

impl SetHistory {
    fn add(&mut self, element: ValueId, place: usize, operation: &Operation) {
        let element = self.elements.entry(element).or_default();
        element.adds.push(place);
        element.may_exist |= operation.outcome != Outcome::Failed;
        if let (true, Some(end)) = (operation.is_ok(), operation.end) {
            element.is_acknowledged = true;
            element.know(end, place);
        }
    }

    fn read(&mut self, elements: &[ValueId], place: usize, begin: u64, end: u64) {
        let mut present = HashSet::with_capacity(elements.len());
        for id in elements {
            let element = self.elements.entry(*id).or_default();
            if !present.insert(*id) {
                element.duplicated_in.get_or_insert(place);
            }
            element.know(end, place);
            element.last_present = Some((begin, place));
        }
        self.reads.push(SetRead {
            place,
            begin,
            present,
        });
    }

    /// Adds what is wrong with this set to the verdict. Returns how many acknowledged elements no
    /// later read could return.
    fn judge(
        &self,
        verdict: &mut Verdict,
        anomalies: &mut Vec<(Anomaly, Finding, Vec<usize>)>,
    ) -> usize {
        let mut never_read = 0;
        let last_read = self.reads.last().map_or(0, |read| read.begin);
        for (id, element) in &self.elements {
            let finding = Finding::Element(*id);
            let with = |more: &[usize]| [&element.adds, more].concat();
            if let Some(read) = element.duplicated_in {
                verdict.duplicated.push(finding);
                anomalies.push((Anomaly::Duplicated, finding, with(&[read])));
            }
            if !element.may_exist {
                if let Some((_, read)) = element.last_present {
                    verdict.unexpected.push(finding);
                    anomalies.push((Anomaly::Unexpected, finding, with(&[read])));
                }
                continue;
            }
            let Some((known_at, known_by)) = element.known else {
                continue;
            };
            if !element.is_acknowledged {
                verdict.recovered.push(finding);
            }
            if let Some(missing) = self.last_read_without(*id, known_at) {
                let is_lost = element
                    .last_present
                    .is_none_or(|(begin, _)| begin < missing.begin);
                let (anomaly, list) = match is_lost {
                    true => (Anomaly::Lost, &mut verdict.lost),
                    false => (Anomaly::Stale, &mut verdict.stale),
                };
                list.push(finding);
                anomalies.push((anomaly, finding, vec![known_by, missing.place]));
            } else if element.last_present.is_none() && last_read < known_at {
                never_read += 1;
            }
        }
        verdict
            .recovered
            .retain(|finding| !verdict.lost.contains(finding));
        never_read
    }

    fn last_read_without(&self, element: ValueId, known_at: u64) -> Option<&SetRead> {
        self.reads
            .iter()
            .rev()
            .take_while(|read| read.begin > known_at)
            .find(|read| !read.present.contains(&element))
    }
}

impl Element {
    fn know(&mut self, at: u64, by: usize) {
        if self.known.is_none_or(|(earlier, _)| at < earlier) {
            self.known = Some((at, by));
        }
    }
}
