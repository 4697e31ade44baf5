//! `chart`: shows numbers as bars in a terminal.

use std::fmt::Write;

use rhai::FLOAT;
use rhai::plugin::*;
use unicode_width::UnicodeWidthStr;

use crate::error::Error;
use crate::values::document::Document;
use crate::values::show;
use crate::values::thrown::{RhaiResult, at_call};

/// The length of the longest bar, in columns.
const LONGEST: FLOAT = 40.0;

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
        bars(&numbers, "").map_err(|error| at_call(&ctx, error))
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
        bars(&numbers, unit).map_err(|error| at_call(&ctx, error))
    }
}

fn bars(numbers: &Document, unit: &str) -> crate::error::Result<String> {
    let mut rows = Vec::new();
    for (name, value) in numbers.entries()? {
        let number = value
            .as_float()
            .or_else(|_| value.as_int().map(|whole| whole as FLOAT))
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0);
        let Some(number) = number else {
            let given = show::source(&value);
            return Err(Error::invalid_argument(format!(
                "`chart` needs numbers of 0 or more, but `{name}` is {given}"
            ))
            .hint("for example `chart(#{ pears: 2, figs: 1 })`"));
        };
        rows.push((name, number));
    }
    let most = rows.iter().map(|(_, number)| *number).fold(0.0, FLOAT::max);
    let names = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (name, number) in &rows {
        let space = " ".repeat(names - name.width());
        let mut line = format!("{name}{space}  {}", bar(*number, most));
        let _ = write!(line, " {}", short(*number));
        if !unit.is_empty() {
            let _ = write!(line, " {unit}");
        }
        lines.push(line);
    }
    Ok(lines.join("\n"))
}

/// Returns a bar in eighths of a column. A number above 0 has a visible bar.
fn bar(number: FLOAT, most: FLOAT) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if number <= 0.0 || most <= 0.0 {
        return String::new();
    }
    let eighths = (number / most * LONGEST * 8.0).round().max(1.0) as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// Returns the number with only the digits that are useful in a comparison.
fn short(number: FLOAT) -> String {
    if number.fract() == 0.0 || number >= 100.0 {
        format!("{number:.0}")
    } else if number >= 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        assert_eq!(bar(2.0, 2.0), "█".repeat(40));
        assert_eq!(bar(1.0, 16.0), "██▌");
        assert_eq!(bar(0.001, 16.0), "▏");
        assert_eq!(bar(0.0, 0.0), "");
    }

    #[test]
    fn numbers_are_rounded() {
        let shown = [3.0, 0.4711, 21.512, 1036.4].map(short);
        assert_eq!(shown, ["3", "0.47", "21.5", "1036"]);
    }
}
