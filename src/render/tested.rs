//! What came of a script's test, as its author reads it.

use anstyle::{AnsiColor, Style};

use super::difference;
use super::junit::JunitCase;
use crate::authoring::testing::case::Case;
use crate::authoring::testing::snapshot::Snapshot;
use crate::authoring::testing::verdict::{Difference, TestVerdict};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// A line, and for a failure what is behind it.
pub fn tested(case: &Case, verdict: &TestVerdict) -> String {
    let name = case.name();
    let time = format!("{DIM}{:.1} s{DIM:#}", verdict.took.as_secs_f64());
    if let Some(why) = &verdict.skipped {
        return format!("{DIM}skipped{DIM:#}  {name}: {why}\n");
    }
    if verdict.accepted {
        return format!(
            "{GOOD}accepted{GOOD:#} {name}  {time}\n         as `{}`\n",
            case.snapshot.display()
        );
    }
    match &verdict.difference {
        None => format!("{GOOD}passed{GOOD:#}   {name}  {time}\n"),
        Some(found) => format!(
            "{BAD}failed{BAD:#}   {name}  {time}\n         {}\n{}",
            summary(case, found),
            indented(&details(found))
        ),
    }
}

/// The same for a build server.
pub fn junit_case(case: &Case, verdict: &TestVerdict) -> JunitCase {
    let found = verdict.difference.as_ref().filter(|_| !verdict.accepted);
    JunitCase {
        name: case.name(),
        took: verdict.took,
        failure: found.map(|found| (summary(case, found), details(found))),
        skipped: verdict.skipped.clone(),
    }
}

/// What is wrong, in one line.
fn summary(case: &Case, found: &Difference) -> String {
    match found {
        Difference::Missing { .. } => format!(
            "there is no snapshot `{}`: read what it shows, and add `--accept` to keep it",
            case.snapshot.display()
        ),
        Difference::Changed { expected, got } => match (expected.exit, got.exit) {
            (before, now) if before != now => {
                format!("it ended with exit code {now}: {before} was expected")
            }
            _ => "it shows something else (- expected, + shown)".to_owned(),
        },
        Difference::Flaky { run, of, .. } => {
            format!("run {run} of {of} showed something else than run 1 (- first, + then)")
        }
        Difference::NoEnd { why, .. } => why.clone(),
    }
}

fn details(found: &Difference) -> String {
    match found {
        Difference::Missing { got } => whole(got),
        Difference::Changed { expected, got } => difference(&lined(expected), &lined(got)),
        Difference::Flaky { first, then, .. } => difference(&lined(first), &lined(then)),
        Difference::NoEnd { shown, .. } => last_lines(shown),
    }
}

fn whole(got: &Snapshot) -> String {
    match got.exit {
        0 => lined(got),
        code => format!("{}exit code {code}\n", lined(got)),
    }
}

fn lined(snapshot: &Snapshot) -> String {
    format!("{}\n", snapshot.text)
}

/// The end of what a script showed that did not end.
fn last_lines(shown: &str) -> String {
    let lines: Vec<&str> = shown.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
