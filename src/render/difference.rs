//! The difference of two texts by line: expected lines in red, actual lines in green.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// The number of equal lines shown around a difference.
const CONTEXT_LINES: usize = 3;

/// Returns the lines in which `expected` and `got` differ, with a few equal lines around them.
///
/// ```
/// let shown = seaworthy::render::difference("30\n0\n", "30\n1\n");
/// let plain = anstream::adapter::strip_str(&shown).to_string();
/// assert_eq!(plain, "  30\n- 0\n+ 1\n");
/// ```
pub fn difference(expected: &str, got: &str) -> String {
    let diff = TextDiff::from_lines(expected, got);
    let mut text = String::new();
    for (number, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if number > 0 {
            text.push_str("  …\n");
        }
        for operation in group {
            for change in diff.iter_changes(operation) {
                let (sign, style) = match change.tag() {
                    ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                    ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
                    ChangeTag::Equal => (' ', Style::new()),
                };
                let line = change.value().trim_end_matches('\n');
                let _ = writeln!(text, "{style}{sign} {line}{style:#}");
            }
        }
    }
    text
}
