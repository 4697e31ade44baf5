//! How a script sees an error of Rhai that it caught: with the words of an uncaught error.

use rhai::{EvalAltResult, Module};

use super::texts::Texts;
use crate::values::thrown::Explanation;

/// Explains an error of Rhai. The front end provides it, because the explanations need all
/// signatures and the text of the script.
pub type Explain = fn(&EvalAltResult, &CaughtIn) -> Explanation;

/// Where an error was caught.
pub struct CaughtIn<'a> {
    /// The name of the source that caught it, in `texts`.
    pub source: &'a str,
    pub texts: &'a Texts,
    /// The parameters of a function of the script with this name, once for each definition.
    pub parameters: &'a dyn Fn(&str) -> Vec<Vec<String>>,
}

/// Rhai's own wording, for sessions without a front end.
pub fn unexplained(error: &EvalAltResult, _: &CaughtIn) -> Explanation {
    Explanation {
        message: error.to_string(),
        hint: None,
    }
}

/// The largest number of parameters that is looked for.
const MOST_PARAMETERS: usize = 20;

/// Returns the parameters of the functions of a script with this name.
pub fn parameters_of<'a>(
    modules: impl Iterator<Item = &'a Module>,
    name: &str,
) -> Vec<Vec<String>> {
    let modules: Vec<&Module> = modules.collect();
    (0..=MOST_PARAMETERS)
        .filter_map(|count| {
            modules
                .iter()
                .find_map(|module| module.get_script_fn(name, count))
        })
        .map(|function| function.params.iter().map(ToString::to_string).collect())
        .collect()
}
