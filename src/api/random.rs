//! Chance, repeatable where the run has a seed: the functions of `random::*`.

use std::sync::Mutex;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// One run's source of chance.
#[derive(Debug)]
pub struct Random {
    generator: Mutex<ChaCha8Rng>,
}

impl Random {
    /// A generator that draws the same for the same seed, on every machine and in every release of this program.
    pub fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(rand::random);
        Self {
            generator: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
        }
    }
}
