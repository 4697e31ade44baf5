//! `chart`: shows numbers as bars in a terminal.

use rhai::plugin::*;

use super::plots;
use crate::error::Result;
use crate::plot::{Axis, Content, Plot};
use crate::values::document::Document;
use crate::values::thrown::{RhaiResult, at_call};

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "chart", chart_functions);
}

#[export_module]
pub mod chart_functions {
    /// Returns a text with one bar for each number of the Document, one on each line.
    ///
    /// The longest bar has 40 columns.
    ///
    /// ```rhai
    /// let text = chart(#{ pears: 2, figs: 1 });
    /// assert(text.starts_with("pears  ██") && text.ends_with("█ 1"));
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn chart(ctx: NativeCallContext, numbers: Document) -> RhaiResult<String> {
        text(&numbers, "").map_err(|error| at_call(&ctx, error))
    }

    /// Returns the same text as `chart(numbers)`, with the unit after each number.
    ///
    /// ```rhai
    /// print(chart(#{ "one client": 0.4, "a client each": 21.5 }, "ms"));
    /// ```
    #[rhai_fn(name = "chart", return_raw, global)]
    pub fn chart_with_unit(
        ctx: NativeCallContext,
        numbers: Document,
        unit: &str,
    ) -> RhaiResult<String> {
        text(&numbers, unit).map_err(|error| at_call(&ctx, error))
    }
}

fn text(numbers: &Document, unit: &str) -> Result<String> {
    let plot = Plot {
        title: String::new(),
        x: Axis::default(),
        y: Axis::new("", unit),
        content: Content::Bars(plots::bars("chart", numbers)?),
        bands: Vec::new(),
        limits: Vec::new(),
    };
    Ok(plot.to_string())
}
