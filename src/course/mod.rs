//! Lessons and exercises, and how far a learner came; and what they show: the words that differ from run to run are named
//! here.

mod built_in;
mod by_name;
pub mod check;
pub mod exercise;
pub mod first_course;
pub mod lesson;
mod normalise;
mod progress_file;
pub mod testing;
pub mod trial;

pub use normalise::normalise;
