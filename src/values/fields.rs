//! The fields of a document that a script made or changed, in order.

use std::collections::HashMap;

use bytes::Bytes;
use rhai::{Dynamic, ImmutableString};

/// The value of a field: undecoded from the server, or made by the script.
#[derive(Clone, Debug)]
pub enum Slot {
    /// The type and the bytes of a value that was not changed. They are sent back unchanged.
    Raw { kind: u8, value: Bytes },
    /// A value of the script.
    Value(Dynamic),
}

/// Up to this number of fields a name is found by comparing names.
const SMALL: usize = 8;

/// Fields in the order of their insertion. Adding, finding and removing a field in any order takes
/// constant time on average: a removed field leaves a gap, and the gaps are closed when they are
/// more than half of all places.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    places: Vec<Option<(ImmutableString, Slot)>>,
    gaps: usize,
    /// The place of each name, once there are more than [`SMALL`] places.
    index: Option<HashMap<ImmutableString, usize, ahash::RandomState>>,
}

impl Fields {
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            places: Vec::with_capacity(capacity),
            ..Self::default()
        }
    }

    pub fn len(&self) -> usize {
        self.places.len() - self.gaps
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn place_of(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self
                .places
                .iter()
                .position(|place| place.as_ref().is_some_and(|(other, _)| *other == *name)),
        }
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.place_of(name).is_some()
    }

    pub fn get(&self, name: &str) -> Option<&Slot> {
        let place = self.places.get(self.place_of(name)?)?;
        place.as_ref().map(|(_, slot)| slot)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Slot> {
        let place = self.place_of(name)?;
        let place = self.places.get_mut(place)?;
        place.as_mut().map(|(_, slot)| slot)
    }

    /// Sets a field. An existing field keeps its position; a new one is added at the end.
    pub fn insert(&mut self, name: ImmutableString, slot: Slot) {
        match self.get_mut(&name) {
            Some(old) => *old = slot,
            None => self.push(name, slot),
        }
    }

    /// Adds a field, unless there is one with this name.
    pub fn insert_if_missing(&mut self, name: ImmutableString, slot: Slot) {
        if !self.contains_key(&name) {
            self.push(name, slot);
        }
    }

    fn push(&mut self, name: ImmutableString, slot: Slot) {
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), self.places.len());
        }
        self.places.push(Some((name, slot)));
        if self.index.is_none() && self.places.len() > SMALL {
            self.close_gaps();
        }
    }

    /// Removes a field; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Slot> {
        let place = self.place_of(name)?;
        let (_, slot) = self.places.get_mut(place)?.take()?;
        if let Some(index) = &mut self.index {
            index.remove(name);
        }
        self.gaps += 1;
        if self.gaps > SMALL && self.gaps > self.places.len() / 2 {
            self.close_gaps();
        }
        Some(slot)
    }

    fn close_gaps(&mut self) {
        self.places.retain(Option::is_some);
        self.gaps = 0;
        self.index = (self.places.len() > SMALL).then(|| {
            let names = self.places.iter().flatten().map(|(name, _)| name.clone());
            names.zip(0..).collect()
        });
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ImmutableString, &Slot)> {
        self.places
            .iter()
            .flatten()
            .map(|(name, slot)| (name, slot))
    }

    pub fn keys(&self) -> impl Iterator<Item = &ImmutableString> {
        self.iter().map(|(name, _)| name)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.places.iter_mut().flatten().map(|(_, slot)| slot)
    }
}

impl IntoIterator for Fields {
    type Item = (ImmutableString, Slot);
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Option<Self::Item>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.places.into_iter().flatten()
    }
}

impl FromIterator<(ImmutableString, Slot)> for Fields {
    fn from_iter<I: IntoIterator<Item = (ImmutableString, Slot)>>(items: I) -> Self {
        let items = items.into_iter();
        let mut fields = Self::with_capacity(items.size_hint().0);
        for (name, slot) in items {
            fields.insert(name, slot);
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(slot: &Slot) -> i64 {
        match slot {
            Slot::Value(value) => value.as_int().unwrap(),
            Slot::Raw { .. } => panic!("no bytes here"),
        }
    }

    proptest! {
        /// The same steps on a list of pairs give the same fields.
        #[test]
        fn fields_behave_as_a_list_of_pairs(steps in prop::collection::vec((0..3_u8, 0..30_i64, any::<i64>()), 0..200)) {
            let mut fields = Fields::default();
            let mut list: Vec<(String, i64)> = Vec::new();
            for (what, name, value) in steps {
                let name = format!("f{name}");
                let at = list.iter().position(|(other, _)| *other == name);
                if what == 0 {
                    let removed = fields.remove(&name).map(|slot| number(&slot));
                    prop_assert_eq!(removed, at.map(|at| list.remove(at).1));
                } else {
                    fields.insert(name.as_str().into(), Slot::Value(Dynamic::from_int(value)));
                    match at {
                        Some(at) => list[at].1 = value,
                        None => list.push((name.clone(), value)),
                    }
                }
                prop_assert_eq!(fields.len(), list.len());
                let found: Vec<(String, i64)> =
                    fields.iter().map(|(name, slot)| (name.to_string(), number(slot))).collect();
                prop_assert_eq!(&found, &list);
                let found = fields.get(&name).map(number);
                prop_assert_eq!(found, list.iter().find(|(other, _)| *other == name).map(|(_, value)| *value));
            }
        }
    }
}
