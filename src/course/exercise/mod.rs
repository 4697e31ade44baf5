//! Exercises: their format, their course, their judge, and the learner's progress.

mod compose;
mod course;
mod database_lock;
mod judge;
mod language;
mod learner_folder;
mod model;
mod progress;

pub use compose::{Composed, solution_of};
pub use course::Course;
pub use database_lock::DatabaseLock;
pub use judge::{Verdict, judge};
pub use language::Language;
pub use learner_folder::LearnerFolder;
pub use model::{Exercise, is_exercise, is_solution};
pub use progress::{ExerciseProgress, SavedProgress, Standing};
