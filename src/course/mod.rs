//! Lessons and what they show: the words that differ from run to run are named here.

mod normalise;

pub use normalise::normalise;
