//! Snapshot tests: compare a script's output and exit code with a reviewed file.

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
