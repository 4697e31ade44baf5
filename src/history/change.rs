use super::finding::Finding;
use super::value_id::ValueId;

/// An event of a change stream, as the stream checker sees it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The changes that the event may report. The first one that the history has counts.
    pub candidates: Vec<Finding>,
    /// What to report if the history has none of them.
    pub shown: ValueId,
}
