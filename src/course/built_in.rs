//! The built-in course: names and texts of its scripts, embedded by the build script.

include!(concat!(env!("OUT_DIR"), "/course.rs"));
