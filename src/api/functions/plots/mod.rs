//! From values to plots: one file for each kind of value that has a picture.

mod history;
mod latencies;
mod percentiles;
mod pool;
mod spec;
mod timeline;

use rhai::{Array, Dynamic};

use crate::api::handles::history::History;
use crate::api::handles::pool::Pool;
use crate::api::run::fault_log::FaultLog;
use crate::error::{Error, Result};
use crate::plot::{Bar, Plot};
use crate::values::document::Document;
use crate::values::{show, type_name};

pub use timeline::plot as of_recording;

/// Returns the picture of a value. `faults` are those that the script made.
///
/// # Errors
/// `InvalidArgument` if the value has no picture, or if a part of a description is wrong.
pub fn of_value(value: &Dynamic, faults: &FaultLog) -> Result<Plot> {
    if let Some(history) = value.read_lock::<History>() {
        return Ok(history::plot(&history, faults));
    }
    if let Some(pool) = value.read_lock::<Pool>() {
        return Ok(pool::plot(&pool));
    }
    if let Some(document) = value.read_lock::<Document>() {
        return match percentiles::plot(&document)? {
            Some(plot) => Ok(plot),
            None => spec::plot(&document),
        };
    }
    if let Some(array) = value.read_lock::<Array>()
        && let Some(plot) = latencies::plot(&array)?
    {
        return Ok(plot);
    }
    let found = type_name::of(value);
    Err(
        Error::invalid_argument(format!("`plot` cannot draw {found}")).hint(
            "it draws a Document such as `#{ lines: #{ sold: [1, 5, 3] } }`, a pool, a history, percentiles, \
             or an array of results of `timed`",
        ),
    )
}

/// Returns a number of a script, an integer or a float.
fn number(value: &Dynamic) -> Option<f64> {
    value
        .as_float()
        .or_else(|_| value.as_int().map(|whole| whole as f64))
        .ok()
        .filter(|number| number.is_finite())
}

/// Returns the bars of a Document with numbers, for the function `function`.
///
/// # Errors
/// `InvalidArgument` for a value that is not a number of 0 or more.
pub fn bars(function: &str, numbers: &Document) -> Result<Vec<Bar>> {
    let entries = numbers.entries()?.into_iter();
    let bars = entries.map(|(name, value)| match number(&value) {
        Some(number) if number >= 0.0 => Ok(Bar {
            name: name.to_string(),
            value: number,
        }),
        _ => {
            let given = show::source(&value);
            Err(Error::invalid_argument(format!(
                "`{function}` needs numbers of 0 or more, but `{name}` is {given}"
            ))
            .hint("for example `#{ pears: 2, figs: 1 }`"))
        }
    });
    bars.collect()
}
