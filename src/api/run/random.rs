use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rhai::{FLOAT, INT};

/// One run's source of chance.
///
/// How numbers are drawn is written out here, so that a seed gives the same numbers on every machine and in every
/// release of this program, whatever its libraries do.
#[derive(Debug)]
pub struct Random {
    seed: AtomicU64,
    generator: Mutex<ChaCha8Rng>,
}

impl Random {
    /// A generator that draws the same for the same seed.
    pub fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(rand::random);
        Self {
            seed: AtomicU64::new(seed),
            generator: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
        }
    }

    /// A generator of its own for a task: made from this one's seed and the task's number.
    pub fn child(&self, number: u64) -> Self {
        let seed = self.seed.load(Ordering::Relaxed);
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(number);
        Self {
            seed: AtomicU64::new(seed ^ number.rotate_left(32)),
            generator: Mutex::new(generator),
        }
    }

    /// Starts the stream of that number anew, from the seed there is.
    pub fn restart(&self, number: u64) {
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed.load(Ordering::Relaxed));
        generator.set_stream(number);
        *self.generator() = generator;
    }

    /// Starts anew from a seed.
    pub fn reseed(&self, seed: u64) {
        self.seed.store(seed, Ordering::Relaxed);
        *self.generator() = ChaCha8Rng::seed_from_u64(seed);
    }

    /// A number from 0 up to, but not including, `count`; 0 where `count` is 0.
    pub fn below(&self, count: u64) -> u64 {
        let mut generator = self.generator();
        loop {
            // The upper half of the product is the number; products whose lower half is small would favour some.
            let product = u128::from(generator.next_u64()) * u128::from(count);
            if product as u64 >= count.wrapping_neg().checked_rem(count).unwrap_or(0) {
                return (product >> 64) as u64;
            }
        }
    }

    /// A position in something of that length.
    pub fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&self, low: INT, high: INT) -> INT {
        let span = high.wrapping_sub(low) as u64;
        let offset = match span.checked_add(1) {
            Some(count) => self.below(count),
            None => self.generator().next_u64(),
        };
        low.wrapping_add(offset as INT)
    }

    /// A float from 0 up to, but not including, 1.
    pub fn unit(&self) -> FLOAT {
        // As many bits as a float has digits for.
        (self.generator().next_u64() >> 11) as FLOAT / (1_u64 << 53) as FLOAT
    }

    fn generator(&self) -> MutexGuard<'_, ChaCha8Rng> {
        self.generator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
