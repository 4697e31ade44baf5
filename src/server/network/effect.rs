use std::time::Duration;

/// What a fault does to the traffic of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bytes arrive later, by `delay` and at most `jitter` more or less.
    Latency { delay: Duration, jitter: Duration },
    /// All connections of the link together carry at most this much.
    Bandwidth { bytes_per_second: u64 },
    /// Nothing arrives and nothing is closed, as with a cut cable. What was sent arrives when the
    /// fault ends.
    Drop,
    /// New connections are closed at once.
    Refuse,
    /// Connections are closed as soon as something is sent on them.
    Reset,
    /// Bytes arrive in pieces of this size, with a pause before each further piece.
    Slice { bytes: usize, pause: Duration },
    /// A connection is closed after it has carried this much.
    Limit { bytes: u64 },
}
