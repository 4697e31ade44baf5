//! The script type `Set`: values compared as MongoDB compares them, in the order they were added.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rhai::plugin::*;
use rhai::{Array, INT};

use super::thrown::{RhaiResult, at_call};
use crate::error::Result;
use crate::values::order::compare::canonical_key;

/// Values without duplicates. Copies share their members until one of them changes.
#[derive(Clone, Debug, Default)]
pub struct Set {
    members: Arc<Members>,
}

/// Two indexes of the members, so that finding, adding and removing is fast in large sets.
#[derive(Clone, Debug, Default)]
struct Members {
    /// The members by the order in which they were added.
    in_order: BTreeMap<u64, Dynamic>,
    /// The number of each member in that order, by its canonical key.
    places: HashMap<Vec<u8>, u64, ahash::RandomState>,
    next: u64,
}

impl Set {
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Dynamic> {
        self.members.in_order.values()
    }

    /// Adds a value and returns whether it is new.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not BSON.
    pub fn add(&mut self, value: Dynamic) -> Result<bool> {
        let key = canonical_key(&value)?;
        if self.members.places.contains_key(&key) {
            return Ok(false);
        }
        let members = Arc::make_mut(&mut self.members);
        members.in_order.insert(members.next, value.flatten());
        members.places.insert(key, members.next);
        members.next += 1;
        Ok(true)
    }

    /// Removes a value and returns whether it was a member.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not BSON.
    pub fn remove(&mut self, value: &Dynamic) -> Result<bool> {
        let key = canonical_key(value)?;
        if !self.members.places.contains_key(&key) {
            return Ok(false);
        }
        let members = Arc::make_mut(&mut self.members);
        if let Some(place) = members.places.remove(&key) {
            members.in_order.remove(&place);
        }
        Ok(true)
    }

    pub fn contains(&self, value: &Dynamic) -> bool {
        canonical_key(value).is_ok_and(|key| self.members.places.contains_key(&key))
    }

    pub fn len(&self) -> usize {
        self.members.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the members whose keys pass, in the order of this set.
    fn chosen(&self, keep: impl Fn(&[u8]) -> bool) -> Self {
        let members = &self.members;
        let mut places: Vec<_> = members.places.iter().filter(|(key, _)| keep(key)).collect();
        places.sort_by_key(|(_, place)| **place);
        let mut chosen = Members {
            next: members.next,
            ..Members::default()
        };
        for (key, place) in places {
            if let Some(value) = members.in_order.get(place) {
                chosen.in_order.insert(*place, value.clone());
                chosen.places.insert(key.clone(), *place);
            }
        }
        Self {
            members: Arc::new(chosen),
        }
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        let (these, those) = (&self.members.places, &other.members.places);
        these.len() == those.len() && these.keys().all(|key| those.contains_key(key))
    }
}

impl TryFrom<Array> for Set {
    type Error = crate::error::Error;

    fn try_from(array: Array) -> Result<Self> {
        let mut set = Self::default();
        for value in array {
            set.add(value)?;
        }
        Ok(set)
    }
}

impl IntoIterator for Set {
    type Item = Dynamic;
    type IntoIter = std::vec::IntoIter<Dynamic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().cloned().collect::<Vec<_>>().into_iter()
    }
}

pub fn register(module: &mut Module) {
    module.set_custom_type::<Set>("Set");
    module.set_iterable::<Set>();
    combine_with_exported_module!(module, "set", set_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod set_functions {
    /// Returns a Set of the values of the array.
    ///
    /// Values that are equal in MongoDB are one member: `1`, `1.0` and `Int64(1)`.
    ///
    /// ```rhai
    /// assert_eq(set([3, 1, 1.0, 3]).to_array(), [3, 1]);
    /// for member in set(["a", "b"]) { assert(member < "c"); }
    /// ```
    #[rhai_fn(name = "set", return_raw, global)]
    pub fn new_set(ctx: NativeCallContext, values: Array) -> RhaiResult<Set> {
        Set::try_from(values).map_err(|error| at_call(&ctx, error))
    }

    /// Returns an empty Set.
    ///
    /// ```rhai
    /// assert(set().is_empty());
    /// ```
    #[rhai_fn(name = "set", global)]
    pub fn new_empty_set() -> Set {
        Set::default()
    }

    /// Returns a Set with the members of both.
    ///
    /// ```rhai
    /// assert_eq(set([1, 2]).union(set([2, 3])), set([1, 2, 3]));
    /// ```
    #[rhai_fn(name = "union", name = "+", pure, global)]
    pub fn union_of(set: &mut Set, other: Set) -> Set {
        let mut union = set.clone();
        for value in other {
            // Members of a set are BSON, so this does not fail.
            let _ = union.add(value);
        }
        union
    }

    /// Returns a Set with the members that both have.
    ///
    /// ```rhai
    /// assert_eq(set([1, 2]).intersection(set([2, 3])), set([2]));
    /// ```
    #[rhai_fn(pure, global)]
    pub fn intersection(set: &mut Set, other: Set) -> Set {
        set.chosen(|key| other.members.places.contains_key(key))
    }

    /// Returns a Set with the members that the other does not have.
    ///
    /// ```rhai
    /// assert_eq(set([1, 2]).difference(set([2, 3])), set([1]));
    /// ```
    #[rhai_fn(name = "difference", name = "-", pure, global)]
    pub fn difference(set: &mut Set, other: Set) -> Set {
        set.chosen(|key| !other.members.places.contains_key(key))
    }

    /// Returns `true` if the value is a member.
    ///
    /// `value in set` does the same.
    ///
    /// ```rhai
    /// assert(set([1, 2]).contains(2.0));
    /// assert("x" in set(["x"]));
    /// ```
    #[rhai_fn(pure, global)]
    pub fn contains(set: &mut Set, value: Dynamic) -> bool {
        set.contains(&value)
    }

    /// Adds a value and returns `true` if it is new.
    ///
    /// ```rhai
    /// let s = set([1]);
    /// assert_eq([s.add(2), s.add(2)], [true, false]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn add(ctx: NativeCallContext, set: &mut Set, value: Dynamic) -> RhaiResult<bool> {
        set.add(value).map_err(|error| at_call(&ctx, error))
    }

    /// Removes a value and returns `true` if it was a member.
    ///
    /// ```rhai
    /// let s = set([1]);
    /// assert_eq([s.remove(1), s.remove(1)], [true, false]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn remove(ctx: NativeCallContext, set: &mut Set, value: Dynamic) -> RhaiResult<bool> {
        set.remove(&value).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the number of members.
    ///
    /// ```rhai
    /// assert_eq(set([1, 1, 2]).len(), 2);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn len(set: &mut Set) -> INT {
        INT::try_from(set.len()).unwrap_or(INT::MAX)
    }

    /// Returns `true` if the set has no members.
    ///
    /// ```rhai
    /// assert(set([]).is_empty());
    /// ```
    #[rhai_fn(pure, global)]
    pub fn is_empty(set: &mut Set) -> bool {
        set.is_empty()
    }

    /// Returns the members as an array, in the order they were added.
    ///
    /// ```rhai
    /// assert_eq(set([2, 1]).to_array(), [2, 1]);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_array(set: &mut Set) -> Array {
        set.iter().cloned().collect()
    }

    /// Returns `true` if two sets have the same members, in any order.
    ///
    /// ```rhai
    /// assert(set([1, 2]) == set([2, 1]));
    /// ```
    #[rhai_fn(name = "==", pure, global)]
    pub fn equals(set: &mut Set, other: Set) -> bool {
        *set == other
    }

    /// Returns `true` if two sets have different members.
    ///
    /// ```rhai
    /// assert(set([1, 2]) != set([1]));
    /// ```
    #[rhai_fn(name = "!=", pure, global)]
    pub fn differs(set: &mut Set, other: Set) -> bool {
        *set != other
    }
}
