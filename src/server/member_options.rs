use std::fmt::Display;

use bson::{Document, doc};

use crate::error::{Error, Result};

/// The numbers of members that a set can have.
const SIZES: [usize; 3] = [1, 3, 5];

/// How one member of a replica set differs from an ordinary one (`replSetInitiate`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberOptions {
    /// Whether it only votes and has no data.
    pub arbiter: bool,
    /// Whether clients do not see it. It cannot become the primary.
    pub hidden: bool,
    /// How many seconds behind the primary it applies writes. It cannot become the primary, and
    /// clients do not see it.
    pub delay_seconds: u32,
    /// How much it wants to be the primary; 0 never becomes it. The default is 1.
    pub priority: Option<u16>,
    /// What read preferences and write concerns choose it by, such as its data centre.
    pub tags: Document,
}

impl MemberOptions {
    /// Returns ordinary members for a set.
    ///
    /// # Errors
    /// `InvalidArgument`, if a set cannot have so many.
    pub fn ordinary(count: i64) -> Result<Vec<Self>> {
        match usize::try_from(count) {
            Ok(members) if SIZES.contains(&members) => Ok(vec![Self::default(); members]),
            _ => Err(wrong_size(count)),
        }
    }

    /// Checks the members of a set.
    ///
    /// # Errors
    /// `InvalidArgument`, if their number or their combination makes no useful set.
    pub fn check(members: &[Self]) -> Result<()> {
        if !SIZES.contains(&members.len()) {
            return Err(wrong_size(members.len()));
        }
        if !members.first().is_some_and(Self::can_be_primary) {
            return Err(Error::invalid_argument(
                "the first member of a replica set cannot become the primary",
            )
            .hint("it is the first primary: put arbiters and hidden members after it"));
        }
        if members.iter().filter(|member| member.arbiter).count() > 1 {
            return Err(
                Error::invalid_argument("a replica set cannot have two arbiters")
                    .hint("writes that a majority has acknowledged could be lost"),
            );
        }
        let has_more = |member: &Self| {
            let arbiter = Self {
                arbiter: true,
                ..Self::default()
            };
            member.arbiter && *member != arbiter
        };
        if members.iter().any(has_more) {
            return Err(Error::invalid_argument(
                "an arbiter has no data, so it has no other options",
            )
            .hint("write `#{ arbiter: true }`"));
        }
        Ok(())
    }

    /// Returns whether each write reaches it soon.
    pub(super) fn replicates_at_once(&self) -> bool {
        !self.arbiter && self.delay_seconds == 0
    }

    /// Returns its part of the configuration of the set.
    pub(super) fn config(&self, id: i32, host: &str) -> Document {
        let mut config = doc! { "_id": id, "host": host };
        if self.arbiter {
            config.insert("arbiterOnly", true);
        }
        if self.is_hidden() {
            config.insert("hidden", true);
        }
        if self.delay_seconds > 0 {
            config.insert("secondaryDelaySecs", i64::from(self.delay_seconds));
        }
        if self.is_hidden() || self.priority.is_some() {
            let priority = self.priority.filter(|_| !self.is_hidden());
            config.insert("priority", i32::from(priority.unwrap_or(0)));
        }
        if !self.tags.is_empty() {
            config.insert("tags", self.tags.clone());
        }
        config
    }

    fn is_hidden(&self) -> bool {
        self.hidden || self.delay_seconds > 0
    }

    fn can_be_primary(&self) -> bool {
        !self.arbiter && !self.is_hidden() && self.priority != Some(0)
    }
}

fn wrong_size(count: impl Display) -> Error {
    Error::invalid_argument(format!("a replica set cannot have {count} members"))
        .hint("use 1, 3 or 5: an even number of members does not survive more failures")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_without_options_has_only_its_address() {
        let config = MemberOptions::default().config(1, "a.sock");
        assert_eq!(config, doc! { "_id": 1, "host": "a.sock" });
    }

    #[test]
    fn a_delayed_member_is_hidden_and_never_the_primary() {
        let member = MemberOptions {
            delay_seconds: 10,
            priority: Some(5),
            ..MemberOptions::default()
        };
        let expected = doc! { "_id": 2, "host": "a", "hidden": true, "secondaryDelaySecs": 10_i64, "priority": 0 };
        assert_eq!(member.config(2, "a"), expected);
        let ordinary = MemberOptions::default();
        let first = [member.clone(), ordinary.clone(), ordinary.clone()];
        assert!(MemberOptions::check(&first).is_err());
        assert!(MemberOptions::check(&[ordinary.clone(), ordinary, member]).is_ok());
    }
}
