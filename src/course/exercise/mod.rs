//! Exercises: what they are made of, where they come from, how they are judged, how far a learner came in them.

mod compose;
mod course;
mod judge;
mod model;

pub use compose::{Composed, solution_of};
pub use course::Course;
pub use judge::{Verdict, judge};
pub use model::{Exercise, is_exercise, is_solution};
