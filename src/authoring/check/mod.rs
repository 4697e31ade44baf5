//! `course check`: examines a course's texts, its exercises as shipped and solved, and its checks.

mod concepts;
pub mod examine;
pub mod finding;
pub mod mutation;
mod predictions;
mod prose;
pub mod readability;
mod shape;
pub mod temp_course;
mod unit;

pub use examine::{CheckPlan, CheckProgress, Examination, examine};
pub use finding::Finding;
pub use predictions::check_predictions;
pub use prose::unknown_names;
pub use readability::{hard_to_read, readability};
pub use shape::{library, shape};
pub use temp_course::TempCourse;
