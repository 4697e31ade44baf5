/// What has happened on a link so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// The connections that `from` opened to `to`.
    pub connections: u64,
    /// The connections that were refused.
    pub refused: u64,
    /// The connections that a fault closed.
    pub reset: u64,
    /// The bytes that `from` sent, as requests or as replies.
    pub bytes_in: u64,
    /// The bytes that arrived at `to`.
    pub bytes_out: u64,
    /// The pieces of data that arrived later because of a fault.
    pub delayed: u64,
    /// The bytes that were held back by `drop`.
    pub dropped_bytes: u64,
}

impl LinkCounts {
    /// Returns what was counted after `earlier`.
    #[must_use]
    pub(super) fn since(&self, earlier: &Self) -> Self {
        Self {
            connections: self.connections - earlier.connections,
            refused: self.refused - earlier.refused,
            reset: self.reset - earlier.reset,
            bytes_in: self.bytes_in - earlier.bytes_in,
            bytes_out: self.bytes_out - earlier.bytes_out,
            delayed: self.delayed - earlier.delayed,
            dropped_bytes: self.dropped_bytes - earlier.dropped_bytes,
        }
    }
}
