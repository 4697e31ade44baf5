/// A command that is about to be sent.
#[derive(Clone, Debug)]
pub struct CommandStart {
    pub call: Option<u32>,
    pub client: u32,
    pub member: String,
    pub connection: u32,
    pub name: String,
    pub namespace: String,
    /// Its body without secrets.
    pub body: String,
    /// The number of the transaction or the retryable write. A retry has the same number.
    pub transaction: Option<i64>,
    /// Whether the command can change data by itself. A write in a transaction cannot: only the
    /// commit does.
    pub is_write: bool,
    /// Whether it asks for the acknowledgement of a majority.
    pub wants_majority: bool,
}
