use std::collections::HashMap;

use super::ring::Ring;
use super::{Event, Nanos, PoolSample};

/// The time in which changes of a pool become one sample.
const RESOLUTION: Nanos = 1_000_000;

/// Makes samples of the changes of all pools.
#[derive(Debug, Default)]
pub(super) struct Pools {
    last: HashMap<u32, LastSample>,
}

#[derive(Debug)]
struct LastSample {
    /// The number of its event.
    event: u64,
    at: Nanos,
    recorded: (u32, u32, u32),
    now: (u32, u32, u32),
}

impl Pools {
    pub(super) fn change(&mut self, ring: &mut Ring, sample: PoolSample) {
        let now = (sample.size, sample.in_use, sample.waiting);
        let Some(last) = self.last.get_mut(&sample.client) else {
            let event = ring.push(Event::Pool(sample));
            let (at, recorded) = (sample.at, now);
            self.last.insert(
                sample.client,
                LastSample {
                    event,
                    at,
                    recorded,
                    now,
                },
            );
            return;
        };
        if last.now == now {
            return;
        }
        let before = std::mem::replace(&mut last.now, now);
        if sample.at.saturating_sub(last.at) < RESOLUTION {
            let (size, in_use, waiting) = last.recorded;
            let highest = (size.max(now.0), in_use.max(now.1), waiting.max(now.2));
            last.recorded = highest;
            if let Some(Event::Pool(recorded)) = ring.get_mut(last.event) {
                (recorded.size, recorded.in_use, recorded.waiting) = highest;
            }
            return;
        }
        if before != last.recorded {
            // The sample before shows the highest values, not the last ones.
            let (size, in_use, waiting) = before;
            let at = last.at + RESOLUTION;
            ring.push(Event::Pool(PoolSample {
                at,
                size,
                in_use,
                waiting,
                ..sample
            }));
        }
        last.event = ring.push(Event::Pool(sample));
        (last.at, last.recorded) = (sample.at, now);
    }

    /// Returns the values after the last samples, where they differ.
    pub(super) fn rest(&self) -> impl Iterator<Item = PoolSample> {
        let differing = self
            .last
            .iter()
            .filter(|(_, last)| last.now != last.recorded);
        differing.map(|(client, last)| {
            let (size, in_use, waiting) = last.now;
            let at = last.at + RESOLUTION;
            PoolSample {
                client: *client,
                at,
                size,
                in_use,
                waiting,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_millisecond_keeps_the_highest_values_and_the_last_ones_follow() {
        let (mut pools, mut ring) = (Pools::default(), Ring::new(100));
        let sample = |at, in_use| PoolSample {
            client: 1,
            at,
            size: 3,
            in_use,
            waiting: 0,
        };
        for (at, in_use) in [(0, 1), (10, 3), (20, 0), (5_000_000, 1), (5_000_001, 0)] {
            pools.change(&mut ring, sample(at, in_use));
        }
        let recorded = ring.iter().map(|event| match event {
            Event::Pool(sample) => (sample.at, sample.in_use),
            other => panic!("{other:?}"),
        });
        assert_eq!(
            recorded.collect::<Vec<_>>(),
            [(0, 3), (1_000_000, 0), (5_000_000, 1)]
        );
        assert_eq!(pools.rest().collect::<Vec<_>>(), [sample(6_000_000, 0)]);
    }
}
