/// The number of a value in a history. Two values have the same number if the server calls them
/// equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

impl ValueId {
    /// What a read returns if there is no document.
    pub const ABSENT: Self = Self(0);
}
