/// The state of one operation, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WriteState {
    /// It was not sent, or the server refused its whole command.
    #[default]
    NotApplied,
    /// It was sent, but no reply arrived.
    Unknown,
    /// The server confirmed it.
    Applied,
    /// The server reported an error.
    Failed,
}
