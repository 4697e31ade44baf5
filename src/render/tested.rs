//! The result of a snapshot test as text.

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::difference;
use super::junit::JunitCase;
use crate::authoring::testing::case::Case;
use crate::authoring::testing::snapshot::Snapshot;
use crate::authoring::testing::verdict::{Difference, TestVerdict};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Returns one line, and the details of a failure.
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

/// Returns the result as one line of JSON: `{"test":{"name":…,"result":…,"seconds":…}}`, with
/// `reason` and `details` if it failed, `reason` if it was skipped, and `snapshot` if it was
/// accepted.
pub fn tested_json(case: &Case, verdict: &TestVerdict) -> String {
    let mut fields = json!({ "name": case.name(), "seconds": verdict.took.as_secs_f64() });
    let found = verdict.difference.as_ref();
    let (result, more) = match (&verdict.skipped, found) {
        (Some(why), _) => ("skipped", json!({ "reason": why })),
        (None, Some(_)) if verdict.accepted => (
            "accepted",
            json!({ "snapshot": case.snapshot.display().to_string() }),
        ),
        (None, Some(found)) => (
            "failed",
            json!({ "reason": summary(case, found), "details": strip_styles(&details(found)) }),
        ),
        (None, None) => ("passed", json!({})),
    };
    fields["result"] = result.into();
    if let (Some(fields), Some(more)) = (fields.as_object_mut(), more.as_object()) {
        fields.extend(more.clone());
    }
    format!("{}\n", json!({ "test": fields }))
}

fn strip_styles(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Returns the result as a JUnit test case.
pub fn junit_case(case: &Case, verdict: &TestVerdict) -> JunitCase {
    let found = verdict.difference.as_ref().filter(|_| !verdict.accepted);
    JunitCase {
        name: case.name(),
        took: verdict.took,
        failure: found.map(|found| (summary(case, found), details(found))),
        skipped: verdict.skipped.clone(),
    }
}

/// Returns the reason of a failure in one line.
fn summary(case: &Case, found: &Difference) -> String {
    match found {
        Difference::Missing { .. } => format!(
            "there is no snapshot `{}`: read the output, and add `--accept` to save it",
            case.snapshot.display()
        ),
        Difference::Changed { expected, got } => match (expected.exit, got.exit) {
            (before, now) if before != now => {
                format!("it ended with exit code {now}, expected {before}")
            }
            _ => "its output differs (- expected, + actual)".to_owned(),
        },
        Difference::Flaky { run, of, .. } => {
            format!("the output of run {run} of {of} differs from run 1 (- run 1, + run {run})")
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

/// Returns the last 10 lines.
fn last_lines(shown: &str) -> String {
    let lines: Vec<&str> = shown.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
