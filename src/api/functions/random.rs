//! The functions of `random::*`, which give the same values for the same seed.

use rhai::plugin::*;
use rhai::{Array, FLOAT, INT};

use crate::api::run::session::Session;
use crate::error::{Error, Result};
use crate::values::thrown::{RhaiResult, at_call};

pub fn module() -> Module {
    let mut module = exported_module!(random_functions);
    module.set_doc(
        "//! Random values. They are the same in every run with `--seed N` or `random::seed(n)`.",
    );
    module.build_index();
    module
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod random_functions {
    /// Returns a random value of the array.
    ///
    /// Throws `InvalidArgument` if the array is empty.
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
                    .hint("check `is_empty()` first");
            at_call(&ctx, error)
        })
    }

    /// Returns a random integer from `low` to `high`, both included.
    ///
    /// ```rhai
    /// let die = random::int(1, 6);
    /// assert(die >= 1 && die <= 6);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn int(ctx: NativeCallContext, low: INT, high: INT) -> RhaiResult<INT> {
        if low > high {
            let error = Error::invalid_argument(format!("the range from {low} to {high} is empty"))
                .hint(format!(
                    "write the lower bound first: `random::int({high}, {low})`"
                ));
            return Err(at_call(&ctx, error));
        }
        Ok(Session::of(&ctx)?.random().between(low, high))
    }

    /// Returns a random float from 0 to 1, without 1.
    ///
    /// ```rhai
    /// assert(random::float() < 1.0);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn float(ctx: NativeCallContext) -> RhaiResult<FLOAT> {
        Ok(Session::of(&ctx)?.random().unit())
    }

    /// Shuffles the values of an array variable and returns the array.
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

    /// Returns `count` random values of the array, in random order.
    ///
    /// Each position is chosen at most once.
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
                .hint("use a number from 0 to the length of the array");
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

    /// Returns a string of `length` random characters of the alphabet.
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

    /// Seeds the random functions: the same seed gives the same values.
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
    /// The largest size of a document.
    const LONGEST: INT = 16 * 1024 * 1024;
    if letters.is_empty() && length != 0 {
        return Err(Error::invalid_argument(
            "`random::string` cannot choose from an empty alphabet",
        )
        .hint(r#"write the characters to choose from, for example `"ABC123"`"#));
    }
    usize::try_from(length)
        .ok()
        .filter(|_| length <= LONGEST)
        .ok_or_else(|| {
            Error::invalid_argument(format!(
                "`random::string` cannot make a string of {length} characters"
            ))
            .hint(format!("use a length from 0 to {LONGEST}"))
        })
}
