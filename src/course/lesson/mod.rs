//! Lessons: what they are made of, where they come from, how far a learner came in them.

mod library;
mod model;
mod progress;
mod question;

pub use library::Library;
pub use model::{CodeCell, Lesson, Step, is_lesson};
pub use progress::{LessonProgress, Place};
pub use question::{Choice, Question};
