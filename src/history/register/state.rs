use crate::history::value_id::ValueId;

/// A state of the search: which operations have taken effect, and the value after them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub value: ValueId,
    /// All required operations before this place have taken effect.
    pub floor: usize,
    /// The required operations after `floor` that have taken effect, sorted.
    beyond: Vec<u32>,
    /// The optional writes that have taken effect, sorted.
    used: Vec<u32>,
}

impl State {
    pub fn start() -> Self {
        Self {
            value: ValueId::ABSENT,
            floor: 0,
            beyond: Vec::new(),
            used: Vec::new(),
        }
    }

    pub fn has_required(&self, place: usize) -> bool {
        place < self.floor || contains(&self.beyond, place)
    }

    pub fn has_used(&self, place: usize) -> bool {
        contains(&self.used, place)
    }

    /// Lets the required operation at `place` take effect.
    pub fn take(&mut self, place: usize, value: ValueId) {
        self.value = value;
        insert(&mut self.beyond, place);
        let full = self
            .beyond
            .iter()
            .zip(self.floor..)
            .take_while(|(place, expected)| **place as usize == *expected)
            .count();
        self.beyond.drain(..full);
        self.floor += full;
    }

    /// Lets the optional write at `place` take effect.
    pub fn take_optional(&mut self, place: usize, value: ValueId) {
        self.value = value;
        insert(&mut self.used, place);
    }
}

fn contains(sorted: &[u32], place: usize) -> bool {
    u32::try_from(place).is_ok_and(|place| sorted.binary_search(&place).is_ok())
}

fn insert(sorted: &mut Vec<u32>, place: usize) {
    if let Ok(place) = u32::try_from(place)
        && let Err(at) = sorted.binary_search(&place)
    {
        sorted.insert(at, place);
    }
}
