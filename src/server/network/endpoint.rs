use std::fmt;

/// One end of a link: a member of the set, by its place in it, or all clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// Every program that is not a member of the set.
    Client,
    Member(usize),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client => f.write_str("client"),
            Self::Member(index) => write!(f, "m{index}"),
        }
    }
}
