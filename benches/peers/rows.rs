use super::program::Peer;

/// What is measured of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The time of the work alone, taken by the program itself: its start and its own preparations do not count.
    Work,
    /// The time of the whole process, taken from outside.
    Process,
    /// The same for seaworthy with a server that it has to start first; for the others their start alone.
    FirstDocument,
    /// The largest resident memory of the process, as the system counted it (`ru_maxrss`).
    Memory,
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    pub what: &'static str,
    pub kind: Kind,
    pub size: usize,
    /// The most that seaworthy may take, as a multiple of what each peer takes.
    pub targets: &'static [(Peer, f64)],
    /// Peers that are measured for information.
    pub beside: &'static [Peer],
}

impl Row {
    pub fn has(&self, peer: Peer) -> bool {
        peer == Peer::Seaworthy || self.target(peer).is_some() || self.beside.contains(&peer)
    }

    pub fn target(&self, peer: Peer) -> Option<f64> {
        let target = self.targets.iter().find(|(other, _)| *other == peer);
        target.map(|(_, target)| *target)
    }
}

/// The largest resident memory that streaming may take, in bytes.
pub const MOST_MEMORY: f64 = 64.0 * 1024.0 * 1024.0;

use Peer::{Driver, Mongosh, PyMongo};

pub const ROWS: &[Row] = &[
    Row {
        name: "insert_many",
        what: "insert_many of 100,000 shipments, built beforehand in the script",
        kind: Kind::Work,
        size: 100_000,
        targets: &[(Driver, 0.9), (PyMongo, 0.8), (Mongosh, 0.75)],
        beside: &[],
    },
    Row {
        name: "sum_one",
        what: "for d in find() over 100,000, summing one field",
        kind: Kind::Work,
        size: 100_000,
        targets: &[(Driver, 1.8), (PyMongo, 0.5), (Mongosh, 0.15)],
        beside: &[],
    },
    Row {
        name: "read_all",
        what: "the same, reading all fields",
        kind: Kind::Work,
        size: 100_000,
        targets: &[(PyMongo, 0.8), (Mongosh, 0.3)],
        beside: &[Driver],
    },
    Row {
        name: "replace",
        what: "read, modify, replace 20,000 documents one by one",
        kind: Kind::Work,
        size: 20_000,
        targets: &[(Driver, 1.05), (PyMongo, 1.1), (Mongosh, 0.85)],
        beside: &[],
    },
    Row {
        name: "bulk",
        what: "the same through bulk_write",
        kind: Kind::Work,
        size: 20_000,
        targets: &[(Driver, 1.2), (PyMongo, 0.7), (Mongosh, 0.5)],
        beside: &[],
    },
    Row {
        name: "bulk_plain",
        what: "the same with retryable writes turned off",
        kind: Kind::Work,
        size: 20_000,
        targets: &[(Driver, 1.2), (PyMongo, 0.7), (Mongosh, 0.5)],
        beside: &[],
    },
    Row {
        name: "insert_one",
        what: "5,000 insert_one",
        kind: Kind::Work,
        size: 5_000,
        targets: &[(Driver, 1.05), (PyMongo, 1.1), (Mongosh, 0.65)],
        beside: &[],
    },
    Row {
        name: "find_one",
        what: "5,000 find_one by index",
        kind: Kind::Work,
        size: 5_000,
        targets: &[(Driver, 1.05), (PyMongo, 1.1), (Mongosh, 0.65)],
        beside: &[],
    },
    Row {
        name: "parallel",
        what: "8,000 find_one, 64 at a time",
        kind: Kind::Work,
        size: 8_000,
        targets: &[(Driver, 1.1), (PyMongo, 0.6)],
        beside: &[],
    },
    Row {
        name: "watch",
        what: "5,000 updates seen by a watch with updateLookup",
        kind: Kind::Work,
        size: 5_000,
        targets: &[(Driver, 1.05), (PyMongo, 1.2)],
        beside: &[],
    },
    Row {
        name: "start",
        what: "start, connect to a running server, print one document",
        kind: Kind::Process,
        size: 1,
        targets: &[(Driver, 1.3), (PyMongo, 0.06), (Mongosh, 0.03)],
        beside: &[],
    },
    Row {
        name: "first",
        what: "start with no server, until the first document is printed (mongosh: its start alone)",
        kind: Kind::FirstDocument,
        size: 1,
        targets: &[(Mongosh, 1.0)],
        beside: &[],
    },
    Row {
        name: "memory_200k",
        what: "peak memory streaming 200,000 documents",
        kind: Kind::Memory,
        size: 200_000,
        targets: &[],
        beside: &[Driver],
    },
    Row {
        name: "memory",
        what: "peak memory streaming 1,000,000 documents",
        kind: Kind::Memory,
        size: 1_000_000,
        targets: &[(PyMongo, 0.5), (Mongosh, 0.1)],
        beside: &[Driver],
    },
];

/// Streaming five times as much may take that much more memory than [`MEMORY_BASE`].
pub const MEMORY_GROWTH: f64 = 1.2;
pub const MEMORY_BASE: &str = "memory_200k";
pub const MEMORY_FULL: &str = "memory";
