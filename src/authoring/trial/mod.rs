//! Scripts run as programs of their own, several at a time: what one does to itself, by `exit`, an endless loop or all the
//! memory there is, the others and the one who runs them do not feel.

pub mod child;
mod parallel_map;
pub mod trial_runner;

pub use child::{ChildExit, RunOutput};
pub use parallel_map::parallel_map;
pub use trial_runner::{TrialConfig, TrialJob, TrialPlace, TrialRunner};
