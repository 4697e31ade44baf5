//! Commands for course authors: `course check` with mutations, snapshot tests, `course new`.

pub mod check;
pub mod first_course;
mod normalise;
pub mod testing;
pub mod trial;

pub use normalise::normalise;
