//! What is shown of the verdict on an exercise.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::wrapped;
use crate::course::exercise::{Composed, Verdict};
use crate::diagnose::explain;
use crate::error::Kind;
use crate::script::Failure;

const QUIET: Style = AnsiColor::BrightBlack.on_default();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

pub fn quiet(words: &str) -> String {
    format!("{QUIET}{words}{QUIET:#}")
}

pub fn solved_sign() -> String {
    format!("{GOOD}✓{GOOD:#}")
}

pub fn unsolved_sign() -> String {
    format!("{BAD}✗{BAD:#}")
}

/// Returns whether an exercise is solved, or what is still wrong. The widths are those of a message
/// and of an error report, in columns.
pub fn text(verdict: &Verdict, composed: &Composed, title: &str, widths: (usize, usize)) -> String {
    let mut text = match &verdict.outcome.failure {
        _ if verdict.is_solved => format!("{} Solved: {title}\n", solved_sign()),
        None => format!("{} The run was stopped.\n", unsolved_sign()),
        Some(failure) => wrong(failure, composed, widths),
    };
    if composed.check_was_changed {
        let words = "The check in your file was changed. The original check was run.";
        let _ = writeln!(text, "{}", quiet(words));
    }
    text
}

/// Returns the check's message if the check failed, or else the error report.
fn wrong(failure: &Failure, composed: &Composed, (message, report): (usize, usize)) -> String {
    let of_the_check = failure.error().filter(|error| {
        let is_behind = |line: usize| line >= composed.check_line;
        error.kind() == Kind::AssertionFailed
            && error.place().is_none_or(|place| is_behind(place.line))
    });
    match of_the_check {
        Some(error) => {
            let mut text = String::new();
            let words = match error.message().trim_end() {
                "" => "the check failed without a message",
                words => words,
            };
            let lines = wrapped(words, message.saturating_sub(2));
            for (index, line) in lines.iter().enumerate() {
                let sign = if index == 0 {
                    unsolved_sign()
                } else {
                    " ".to_owned()
                };
                let _ = writeln!(text, "{sign} {BOLD}{line}{BOLD:#}");
            }
            if let Some(hint) = error.hint_text() {
                let _ = writeln!(text, "  {}", quiet(hint));
            }
            text
        }
        None => format!("{}\n", explain(failure).render(report)),
    }
}
