//! The learner's side of a course: lessons and exercises, the judge, and how far a learner came.

mod built_in;
mod by_name;
pub mod exercise;
pub mod lesson;
mod progress_file;
