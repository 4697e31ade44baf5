use std::collections::HashSet;

use crate::history::operation::{Action, Operation};
use crate::history::outcome::Outcome;
use crate::history::value_id::ValueId;

/// The operations on one key that matter for its values, in the order in which they began.
#[derive(Clone, Default)]
pub struct KeyHistory {
    /// Acknowledged writes, and successful reads: each has taken effect between its begin and its
    /// end.
    pub required: Vec<Effect>,
    /// Writes of unknown outcome.
    pub optional: Vec<Effect>,
    /// Writes that surely were not applied.
    failed: Vec<Effect>,
    /// The number of all operations, also of failed ones.
    pub operations: usize,
}

/// A write, or a read with what it returned.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// The place of the operation in the whole history.
    pub place: usize,
    pub is_write: bool,
    pub value: ValueId,
    pub begin: u64,
    /// The latest moment at which it can take effect.
    pub end: u64,
}

impl KeyHistory {
    pub fn add(&mut self, place: usize, operation: &Operation) {
        self.operations += 1;
        let (is_write, value) = match operation.action {
            Action::Write { value, .. } => (true, value),
            Action::Read {
                value: Some(value), ..
            } => (false, value),
            _ => return,
        };
        let effect = Effect {
            place,
            is_write,
            value,
            begin: operation.begin,
            end: operation.last_effect(),
        };
        match operation.outcome {
            Outcome::Ok => self.required.push(effect),
            Outcome::Unknown if is_write => self.optional.push(effect),
            Outcome::Failed if is_write => self.failed.push(effect),
            Outcome::Unknown | Outcome::Failed => {}
        }
    }

    pub fn reads(&self) -> impl Iterator<Item = &Effect> {
        self.required.iter().filter(|effect| !effect.is_write)
    }

    pub fn acknowledged(&self) -> impl Iterator<Item = &Effect> {
        self.required.iter().filter(|effect| effect.is_write)
    }

    /// Returns all writes that may have taken effect.
    pub fn writes(&self) -> impl Iterator<Item = &Effect> {
        self.acknowledged().chain(&self.optional)
    }

    pub fn values_read(&self) -> HashSet<ValueId> {
        self.reads().map(|read| read.value).collect()
    }

    /// Returns the values that were read, and of which only writes of unknown outcome exist.
    pub fn recovered(&self) -> impl Iterator<Item = ValueId> {
        let read = self.values_read();
        let acknowledged: HashSet<_> = self.acknowledged().map(|write| write.value).collect();
        let mut found: Vec<_> = self.optional.iter().map(|write| write.value).collect();
        found.retain(|value| read.contains(value) && !acknowledged.contains(value));
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }

    /// Returns the history with only one of its reads.
    pub fn with_one_read(&self, place: usize) -> Self {
        let mut part = self.clone();
        part.required
            .retain(|effect| effect.is_write || effect.place == place);
        part
    }

    /// Returns the places of the reads, and of the failed writes of their values.
    pub fn reads_and_failed_writes(&self) -> Vec<usize> {
        let read = self.values_read();
        let failed = self
            .failed
            .iter()
            .filter(|write| read.contains(&write.value));
        self.reads()
            .chain(failed)
            .map(|effect| effect.place)
            .collect()
    }

    /// Removes the writes of unknown outcome whose values were not read. They may not have
    /// happened, so they explain nothing.
    pub fn drop_unread_optional(&mut self) {
        let read = self.values_read();
        self.optional.retain(|write| read.contains(&write.value));
    }

    /// Returns the places of the operations in the whole history.
    pub fn places(&self) -> Vec<usize> {
        let all = self.required.iter().chain(&self.optional);
        all.map(|effect| effect.place).collect()
    }
}
