use super::finding::Finding;

/// The result of a check.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// `None` if the checker could not decide; `reason` says why.
    pub valid: Option<bool>,
    pub reason: Option<String>,
    /// Acknowledged or seen before, and missing at the end.
    pub lost: Vec<Finding>,
    /// Of unknown outcome, and present.
    pub recovered: Vec<Finding>,
    /// Never written, or surely not applied, and present.
    pub unexpected: Vec<Finding>,
    /// Present more than once.
    pub duplicated: Vec<Finding>,
    /// An older state was read after a newer one was acknowledged.
    pub stale: Vec<Finding>,
    /// Reported before a change that was acknowledged earlier.
    pub out_of_order: Vec<Finding>,
    pub counterexample: Option<Counterexample>,
    /// The number of operations that were judged.
    pub operations: usize,
}

/// The smallest part of a history that shows an anomaly.
#[derive(Clone, Debug)]
pub struct Counterexample {
    pub anomaly: Anomaly,
    /// What is wrong: a value of a key, an element, or the whole key.
    pub subject: Finding,
    /// The places of its operations in the history, in the order in which they began.
    pub operations: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anomaly {
    Lost,
    Unexpected,
    Duplicated,
    Stale,
    OutOfOrder,
    /// No order of the operations explains what the reads returned.
    NotLinearizable,
}

impl Verdict {
    /// Sets the counterexample, unless there is one already, and the verdict to invalid.
    pub(super) fn refute(
        &mut self,
        anomaly: Anomaly,
        subject: Finding,
        mut operations: Vec<usize>,
    ) {
        self.valid = Some(false);
        operations.sort_unstable();
        operations.dedup();
        self.counterexample.get_or_insert(Counterexample {
            anomaly,
            subject,
            operations,
        });
    }
}
