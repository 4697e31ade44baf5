//! Lessons and how far a learner came; and what they show: the words that differ from run to run are named here.

pub mod lesson;
mod normalise;

pub use normalise::normalise;
