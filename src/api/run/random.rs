use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rhai::{FLOAT, INT};

/// The random numbers of one run.
///
/// The algorithm is written here and not taken from a library, so that a seed gives the same
/// numbers on every machine and in every release.
#[derive(Debug)]
pub struct Random {
    seed: AtomicU64,
    generator: Mutex<ChaCha8Rng>,
}

impl Random {
    /// Returns a generator that gives the same numbers for the same seed.
    pub fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(rand::random);
        Self {
            seed: AtomicU64::new(seed),
            generator: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
        }
    }

    /// Returns a separate generator for a task, made from this seed and the number of the task.
    pub fn child(&self, number: u64) -> Self {
        let seed = self.seed.load(Ordering::Relaxed);
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(number);
        Self {
            seed: AtomicU64::new(seed ^ number.rotate_left(32)),
            generator: Mutex::new(generator),
        }
    }

    /// Restarts the stream with this number, from the current seed.
    pub fn restart(&self, number: u64) {
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed.load(Ordering::Relaxed));
        generator.set_stream(number);
        *self.generator() = generator;
    }

    /// Restarts from a new seed.
    pub fn reseed(&self, seed: u64) {
        self.seed.store(seed, Ordering::Relaxed);
        *self.generator() = ChaCha8Rng::seed_from_u64(seed);
    }

    /// Returns a number from 0 to `count`, without `count`; 0 if `count` is 0.
    pub fn below(&self, count: u64) -> u64 {
        let mut generator = self.generator();
        loop {
            // The upper half of the product is the result. Products with a small lower half would
            // make some results more frequent, so they are rejected.
            let product = u128::from(generator.next_u64()) * u128::from(count);
            if product as u64 >= count.wrapping_neg().checked_rem(count).unwrap_or(0) {
                return (product >> 64) as u64;
            }
        }
    }

    /// Returns a random index for this length.
    pub fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// Returns an integer from `low` to `high`, both included.
    pub fn between(&self, low: INT, high: INT) -> INT {
        let span = high.wrapping_sub(low) as u64;
        let offset = match span.checked_add(1) {
            Some(count) => self.below(count),
            None => self.generator().next_u64(),
        };
        low.wrapping_add(offset as INT)
    }

    /// Returns a float from 0 to 1, without 1.
    pub fn unit(&self) -> FLOAT {
        // Uses 53 bits, the precision of a float.
        (self.generator().next_u64() >> 11) as FLOAT / (1_u64 << 53) as FLOAT
    }

    fn generator(&self) -> MutexGuard<'_, ChaCha8Rng> {
        self.generator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
