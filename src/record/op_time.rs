/// The place of a write in the log of a replica set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpTime {
    /// The election term of the primary that took the write.
    pub term: i64,
    /// Seconds and counter, as the server orders them.
    pub timestamp: (u32, u32),
}

impl OpTime {
    /// Returns whether a majority that has replicated `self` has surely replicated `earlier` too.
    ///
    /// Within a term there is one primary, whose log is replicated in order. A later term can have
    /// rolled the write back.
    pub fn covers(self, earlier: Self) -> bool {
        self.term == earlier.term && self.timestamp >= earlier.timestamp
    }
}

#[cfg(test)]
mod tests {
    use super::OpTime;

    #[test]
    fn only_a_later_write_of_the_same_term_covers_a_write() {
        let at = |term, counter| OpTime {
            term,
            timestamp: (7, counter),
        };
        assert!(at(1, 2).covers(at(1, 1)) && at(1, 1).covers(at(1, 1)));
        assert!(!at(1, 1).covers(at(1, 2)) && !at(2, 9).covers(at(1, 1)));
    }
}
