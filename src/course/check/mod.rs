//! Whether a course does what it says.
