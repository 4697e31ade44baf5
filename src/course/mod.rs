//! Lessons, exercises, their judge, and the learner's progress.

mod built_in;
mod by_name;
pub mod concepts;
pub mod exercise;
pub mod lesson;
mod progress_file;
