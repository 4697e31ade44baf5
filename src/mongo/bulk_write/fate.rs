/// What became of one operation, as far as anybody can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It was not sent, or the server refused its whole command.
    #[default]
    NotApplied,
    /// It was sent, and no answer came.
    Unknown,
    /// The server said that it is done.
    Applied,
    /// The server said that it failed.
    Failed,
}
