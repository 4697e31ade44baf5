//! Two texts side by side, line by line: what was expected in red, what came in green.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// How many lines that are the same are shown around those that are not.
const AROUND: usize = 3;

/// The lines in which `expected` and `got` differ, with a few around them. Space at a line's end can be seen.
///
/// ```
/// let shown = seaworthy::render::difference("30\n0\n", "30\n1\n");
/// let plain = anstream::adapter::strip_str(&shown).to_string();
/// assert_eq!(plain, "  30\n- 0\n+ 1\n");
/// ```
pub fn difference(expected: &str, got: &str) -> String {
    let diff = TextDiff::from_lines(expected, got);
    let mut text = String::new();
    for (number, group) in diff.grouped_ops(AROUND).iter().enumerate() {
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
