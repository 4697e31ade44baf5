//! Our own course, which the build script puts into the program: names and texts of its scripts.

include!(concat!(env!("OUT_DIR"), "/course.rs"));
