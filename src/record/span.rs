use serde::{Deserialize, Serialize};

use super::{Nanos, Place};

/// A moment that the script marked with `timeline::mark`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub task: u32,
    pub place: Option<Place>,
    pub at: Nanos,
    pub text: Box<str>,
}

/// A part of the script that it named with `timeline::span`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub task: u32,
    pub place: Option<Place>,
    pub begin: Nanos,
    pub end: Nanos,
    pub name: Box<str>,
}

/// A text that the script printed, shortened and without secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Print {
    pub task: u32,
    pub place: Option<Place>,
    pub at: Nanos,
    pub text: Box<str>,
}
