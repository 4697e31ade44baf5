//! Chance, repeatable where the run has a seed: the functions of `random::*`.

use rhai::plugin::*;
use rhai::{Array, FLOAT, INT};

use crate::api::run::session::Session;
use crate::error::{Error, Result};
use crate::values::thrown::{RhaiResult, at_call};

/// The module `random`.
pub fn module() -> Module {
    let mut module = exported_module!(random_functions);
    module.set_doc("//! Chance, repeatable with `--seed N` or `random::seed(n)`.");
    module.build_index();
    module
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod random_functions {
    /// One of the array's values.
    ///
    /// ```rhai
    /// assert(random::choice(["a", "b"]) in ["a", "b"]);
    /// ```
    #[rhai_fn(pure, volatile, return_raw)]
    pub fn choice(ctx: NativeCallContext, values: &mut Array) -> RhaiResult<Dynamic> {
        let session = Session::of(&ctx)?;
        let chosen = values.get(session.random().index(values.len()));
        chosen.cloned().ok_or_else(|| {
            let error =
                Error::invalid_argument("`random::choice` cannot choose from an empty array")
                    .hint("ask `is_empty()` first");
            at_call(&ctx, error)
        })
    }

    /// A whole number from `low` to `high`, both included.
    ///
    /// ```rhai
    /// let die = random::int(1, 6);
    /// assert(die >= 1 && die <= 6);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn int(ctx: NativeCallContext, low: INT, high: INT) -> RhaiResult<INT> {
        if low > high {
            let error = Error::invalid_argument(format!("there is no number from {low} to {high}"))
                .hint(format!(
                    "the lower bound comes first: `random::int({high}, {low})`"
                ));
            return Err(at_call(&ctx, error));
        }
        Ok(Session::of(&ctx)?.random().between(low, high))
    }

    /// A number from 0 up to, but not including, 1.
    ///
    /// ```rhai
    /// assert(random::float() < 1.0);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn float(ctx: NativeCallContext) -> RhaiResult<FLOAT> {
        Ok(Session::of(&ctx)?.random().unit())
    }

    /// Puts the values of an array variable into a random order, and returns the array.
    ///
    /// ```rhai
    /// let deck = [1, 2, 3];
    /// random::shuffle(deck);
    /// assert_eq(set(deck), set([1, 2, 3]));
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn shuffle(ctx: NativeCallContext, values: &mut Array) -> RhaiResult<Array> {
        let session = Session::of(&ctx)?;
        for last in (1..values.len()).rev() {
            values.swap(last, session.random().index(last + 1));
        }
        Ok(values.clone())
    }

    /// So many of the array's values, each place at most once, in random order.
    ///
    /// ```rhai
    /// assert_eq(set(random::sample([1, 2, 3], 2)).len(), 2);
    /// ```
    #[rhai_fn(pure, volatile, return_raw)]
    pub fn sample(ctx: NativeCallContext, values: &mut Array, count: INT) -> RhaiResult<Array> {
        let session = Session::of(&ctx)?;
        let length = values.len();
        let count = usize::try_from(count)
            .ok()
            .filter(|count| *count <= length)
            .ok_or_else(|| {
                let error = Error::invalid_argument(format!(
                    "`random::sample` cannot take {count} of {length} values"
                ))
                .hint("take between none and all of them");
                at_call(&ctx, error)
            })?;
        let mut places: Vec<usize> = (0..length).collect();
        for taken in 0..count {
            places.swap(taken, taken + session.random().index(length - taken));
        }
        Ok(places
            .iter()
            .take(count)
            .filter_map(|place| values.get(*place).cloned())
            .collect())
    }

    /// A text of so many characters, each drawn from the alphabet.
    ///
    /// ```rhai
    /// assert_eq(random::string("ABC123", 7).len(), 7);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn string(ctx: NativeCallContext, alphabet: &str, length: INT) -> RhaiResult<String> {
        let session = Session::of(&ctx)?;
        let letters: Vec<char> = alphabet.chars().collect();
        let length = checked_length(&letters, length).map_err(|error| at_call(&ctx, error))?;
        let draw = |_| letters.get(session.random().index(letters.len()));
        Ok((0..length).filter_map(draw).collect())
    }

    /// Makes what follows repeatable: the same seed, the same draws.
    ///
    /// ```rhai
    /// random::seed(7);
    /// let first = random::int(1, 1000000);
    /// random::seed(7);
    /// assert_eq(random::int(1, 1000000), first);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn seed(ctx: NativeCallContext, seed: INT) -> RhaiResult<()> {
        Session::of(&ctx)?.random().reseed(seed as u64);
        Ok(())
    }
}

fn checked_length(letters: &[char], length: INT) -> Result<usize> {
    /// As large as a document can be.
    const LONGEST: INT = 16 * 1024 * 1024;
    if letters.is_empty() && length != 0 {
        return Err(
            Error::invalid_argument("`random::string` cannot draw from an empty alphabet")
                .hint(r#"name the characters to draw from, for example `"ABC123"`"#),
        );
    }
    usize::try_from(length)
        .ok()
        .filter(|_| length <= LONGEST)
        .ok_or_else(|| {
            Error::invalid_argument(format!(
                "`random::string` cannot make a text of {length} characters"
            ))
            .hint(format!("the length lies between 0 and {LONGEST}"))
        })
}
