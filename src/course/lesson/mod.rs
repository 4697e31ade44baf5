//! Lessons: their format, their library, and the learner's progress.

mod library;
mod model;
mod progress;
mod question;
mod review;

pub use library::Library;
pub use model::{CodeCell, Lesson, Step, is_lesson};
pub use progress::{LessonPlace, LessonProgress};
pub use question::{Choice, MAX_CHOICES, Question};
pub use review::{DueQuestion, Review};
