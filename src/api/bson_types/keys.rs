/// Sorts before every other value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinKey;

/// Sorts after every other value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxKey;
