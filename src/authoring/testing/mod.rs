//! Snapshot tests of scripts: what each printed and how it ended, compared with a file that somebody has read.

pub mod case;
pub mod collect;
mod header;
pub mod run;
pub mod snapshot;
pub mod verdict;

pub use case::Case;
pub use collect::{CollectedCases, SnapshotLocation, collect};
pub use header::Header;
pub use run::{Options, judge};
pub use snapshot::Snapshot;
pub use verdict::{Difference, TestVerdict};
