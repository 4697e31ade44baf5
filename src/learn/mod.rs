//! The front end of the course: the lesson player, the exercises and their watch screen.

mod course_screen;
pub mod exercise;
mod host;
pub mod lesson;

pub use course_screen::CourseScreen;
pub use host::{Host, ProgressFactory};
