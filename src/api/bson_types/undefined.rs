/// A value that is there and is nothing; deprecated by BSON in favour of null, kept as it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undefined;
