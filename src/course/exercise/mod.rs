//! Exercises: what they are made of, where they come from, how they are judged, how far a learner came in them.

mod claim;
mod compose;
mod course;
mod desk;
mod judge;
mod model;
mod progress;

pub use claim::Claim;
pub use compose::{Composed, solution_of};
pub use course::Course;
pub use desk::Desk;
pub use judge::{Verdict, judge};
pub use model::{Exercise, is_exercise, is_solution};
pub use progress::{Kept, Progress, Standing};
