//! The course as HTML pages: each page is one file without requests to anywhere.

mod exercises;
mod image;
mod index;
mod layout;
mod lesson;
mod options;
mod output;
mod run_lesson;

pub use exercises::exercises_page;
pub use image::embedded_image;
pub use index::index_page;
pub use lesson::{HowMade, lesson_page};
pub use options::PageOptions;
pub use output::{OutputLog, StepOutput};
pub use run_lesson::{LessonRun, StepRun, run_lesson};
