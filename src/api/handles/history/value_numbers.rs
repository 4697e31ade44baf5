use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rhai::Dynamic;

use crate::error::Result;
use crate::history::ValueId;
use crate::values::order::compare::canonical_key;

/// The values of a history, each with a number. Values that the server calls equal have one number.
pub struct ValueNumbers {
    known: Mutex<Known>,
}

struct Known {
    numbers: HashMap<Vec<u8>, ValueId, ahash::RandomState>,
    values: Vec<Dynamic>,
}

impl Default for ValueNumbers {
    fn default() -> Self {
        // The first number is `ValueId::ABSENT`.
        let known = Known {
            numbers: HashMap::default(),
            values: vec![Dynamic::UNIT],
        };
        Self {
            known: Mutex::new(known),
        }
    }
}

impl ValueNumbers {
    /// Returns the number of a value, and a new one if the value is new.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not BSON.
    pub fn number(&self, value: &Dynamic) -> Result<ValueId> {
        if value.is_unit() {
            return Ok(ValueId::ABSENT);
        }
        let key = canonical_key(value)?;
        let mut known = self.lock();
        if let Some(number) = known.numbers.get(&key) {
            return Ok(*number);
        }
        let number = ValueId(u32::try_from(known.values.len()).unwrap_or(u32::MAX));
        known.numbers.insert(key, number);
        known.values.push(value.flatten_clone());
        Ok(number)
    }

    pub fn value(&self, number: ValueId) -> Dynamic {
        let known = self.lock();
        known
            .values
            .get(number.0 as usize)
            .cloned()
            .unwrap_or(Dynamic::UNIT)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
