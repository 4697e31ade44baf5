//! The front end of the course: the lesson player, the exercises and their watch screen.

pub mod exercise;
mod host;
pub mod lesson;
mod page;

pub use host::{Host, ToldProgress};
pub use page::CourseScreen;
