use std::collections::VecDeque;

use super::Event;

/// The latest events. Each has a number that stays the same when older ones are dropped.
#[derive(Debug)]
pub(super) struct Ring {
    events: VecDeque<Event>,
    limit: usize,
    dropped: u64,
}

impl Ring {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            events: VecDeque::new(),
            limit,
            dropped: 0,
        }
    }

    /// Adds an event and returns its number. The oldest event is dropped if there are too many.
    pub(super) fn push(&mut self, event: Event) -> u64 {
        if self.events.len() == self.limit {
            self.events.pop_front();
            self.dropped += 1;
        }
        self.events.push_back(event);
        self.dropped + self.events.len() as u64 - 1
    }

    /// Returns the event with this number, if it was not dropped.
    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Event> {
        let index = number.checked_sub(self.dropped)?;
        self.events.get_mut(usize::try_from(index).ok()?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PoolSample;

    #[test]
    fn the_oldest_events_are_dropped_and_counted() {
        let mut ring = Ring::new(2);
        let sample = |at| {
            Event::Pool(PoolSample {
                client: 1,
                at,
                size: 0,
                in_use: 0,
                waiting: 0,
            })
        };
        let numbers: Vec<u64> = (0..4).map(|at| ring.push(sample(at))).collect();
        assert_eq!(numbers, [0, 1, 2, 3]);
        assert_eq!(ring.dropped(), 2);
        assert_eq!(ring.get_mut(1), None);
        assert_eq!(ring.get_mut(3).map(|event| event.begin()), Some(3));
        assert_eq!(ring.iter().map(Event::begin).collect::<Vec<_>>(), [2, 3]);
    }
}
