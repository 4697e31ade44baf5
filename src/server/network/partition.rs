use std::collections::HashSet;

use crate::error::{Error, Result};

use super::endpoint::Endpoint;

/// From one end of the network to another.
pub type Direction = (Endpoint, Endpoint);

/// Returns the directions between ends that share no group. A member in no group is alone; clients
/// in no group reach every member.
///
/// # Errors
/// `InvalidArgument` if an end is named twice, or if nothing would be cut.
pub fn partition(groups: &[Vec<Endpoint>], members: usize) -> Result<Vec<Direction>> {
    let mut named = HashSet::new();
    for end in groups.iter().flatten() {
        if !named.insert(*end) {
            return Err(Error::invalid_argument(format!(
                "`{end}` is in two groups of the partition"
            ))
            .hint("name each member once"));
        }
    }
    let group_of = |end: &Endpoint| groups.iter().position(|group| group.contains(end));
    let reaches = |from: &Endpoint, to: &Endpoint| {
        let (from_group, to_group) = (group_of(from), group_of(to));
        let is_free =
            |end: &Endpoint, group: Option<usize>| *end == Endpoint::Client && group.is_none();
        from == to
            || is_free(from, from_group)
            || is_free(to, to_group)
            || (from_group.is_some() && from_group == to_group)
    };
    let ends: Vec<Endpoint> = (0..members)
        .map(Endpoint::Member)
        .chain([Endpoint::Client])
        .collect();
    let pairs = ends
        .iter()
        .flat_map(|from| ends.iter().map(move |to| (*from, *to)));
    let cut: Vec<Direction> = pairs.filter(|(from, to)| !reaches(from, to)).collect();
    if cut.is_empty() {
        return Err(Error::invalid_argument(
            "the partition cuts nothing: all members are in one group",
        )
        .hint("give two groups or more, for example `[[a], [b, c]]`"));
    }
    Ok(cut)
}

/// Returns the directions between a member and all other members, both ways.
///
/// # Errors
/// `InvalidArgument` if the set has no other member.
pub fn both_ways(member: usize, members: usize) -> Result<Vec<Direction>> {
    if members < 2 {
        return Err(Error::invalid_argument(
            "a set with one member has no other member to cut it from",
        )
        .hint("start a set with 3 or 5 members"));
    }
    let others = (0..members).filter(|other| *other != member);
    let member = Endpoint::Member(member);
    Ok(others
        .map(Endpoint::Member)
        .flat_map(|other| [(member, other), (other, member)])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::Endpoint::{Client, Member};
    use super::*;

    #[test]
    fn a_partition_cuts_both_ways_and_spares_clients() {
        let cut = partition(&[vec![Member(0)], vec![Member(1), Member(2)]], 3).unwrap();
        let expected = [
            (Member(0), Member(1)),
            (Member(0), Member(2)),
            (Member(1), Member(0)),
            (Member(2), Member(0)),
        ];
        assert_eq!(cut, expected);
    }

    #[test]
    fn a_member_in_no_group_is_alone() {
        let named = partition(&[vec![Member(0)], vec![Member(1)]], 3).unwrap();
        let unnamed = partition(&[], 3).unwrap();
        assert_eq!(named, unnamed);
        assert_eq!(named.len(), 6);
    }

    #[test]
    fn clients_in_a_group_reach_only_that_group() {
        let cut = partition(&[vec![Member(0), Client], vec![Member(1), Member(2)]], 3).unwrap();
        assert!(cut.contains(&(Client, Member(1))) && cut.contains(&(Member(2), Client)));
        assert!(!cut.contains(&(Client, Member(0))));
    }

    #[test]
    fn mistakes_are_refused() {
        let twice = partition(&[vec![Member(0)], vec![Member(0), Member(1)]], 3).unwrap_err();
        assert!(twice.message().contains("`m0` is in two groups"), "{twice}");
        let all = vec![vec![Member(0), Member(1), Member(2)]];
        assert!(partition(&all, 3).is_err());
        assert!(both_ways(0, 1).is_err());
    }
}
