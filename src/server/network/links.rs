use super::endpoint::Endpoint;
use super::link::Link;

/// All links of a set: one for each two ends and each direction.
#[derive(Debug)]
pub(super) struct Links {
    ends: usize,
    links: Vec<Link>,
}

impl Links {
    /// Creates the links of a set with this many members and its clients.
    pub(super) fn new(members: usize) -> Self {
        let ends = members + 1;
        Self {
            ends,
            links: std::iter::repeat_with(Link::default)
                .take(ends * ends)
                .collect(),
        }
    }

    /// Returns one link; `None` for a member that the set does not have.
    pub(super) fn get(&self, from: Endpoint, to: Endpoint) -> Option<&Link> {
        let place = |end| match end {
            Endpoint::Client => Some(0),
            Endpoint::Member(index) => Some(index + 1).filter(|place| *place < self.ends),
        };
        self.links.get(place(from)? * self.ends + place(to)?)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }
}
