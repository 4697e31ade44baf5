//! `course check`: examines a course's texts, its exercises as shipped and solved, and its checks.

pub mod examine;
pub mod finding;
pub mod mutation;
mod prose;
mod shape;
pub mod temp_course;

pub use examine::{CheckPlan, CheckProgress, Examination, examine};
pub use finding::Finding;
pub use prose::unknown_names;
pub use shape::shape;
pub use temp_course::TempCourse;
