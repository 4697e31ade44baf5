//! Runs scripts in child processes, several at a time.
//!
//! A script that exits, loops forever or uses too much memory does not affect the others.

pub mod child;
mod parallel_map;
pub mod trial_runner;

pub use child::{ChildExit, RunOutput};
pub use parallel_map::parallel_map;
pub use trial_runner::{TrialConfig, TrialJob, TrialPlace, TrialRunner};
