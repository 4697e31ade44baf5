//! Lessons, and how far a learner came.

pub mod lesson;
