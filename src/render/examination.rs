//! The results of `seaworthy doctor` as text and as JSON.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::highlight::{Palette, painted};
use crate::server::{CheckResult, CheckStatus};

const WELL: Style = AnsiColor::Green.on_default();

/// Returns one line per check, with the remedy below it.
pub fn examination(results: &[CheckResult], colour: bool) -> String {
    let width = results.iter().map(|result| result.what.len()).max();
    let lines = results
        .iter()
        .map(|result| line(result, width.unwrap_or(0), colour));
    let broken = results
        .iter()
        .filter(|result| result.health == CheckStatus::Broken)
        .count();
    let verdict = match broken {
        0 => "no problems found".to_owned(),
        1 => "1 problem found".to_owned(),
        count => format!("{count} problems found"),
    };
    format!("{}\n\n{verdict}", lines.collect::<Vec<_>>().join("\n"))
}

fn line(result: &CheckResult, width: usize, colour: bool) -> String {
    let (mark, style) = match result.health {
        CheckStatus::Well => ("ok", WELL),
        CheckStatus::Missing => ("--", Palette::DIM),
        CheckStatus::Broken => ("!!", Palette::ERROR),
    };
    let mark = if colour {
        painted(mark, style)
    } else {
        mark.to_owned()
    };
    let took = result
        .took
        .map(|took| format!(" ({} ms)", took.as_millis()));
    let mut line = format!(
        "{mark}  {:width$}  {}{}",
        result.what,
        result.words,
        took.unwrap_or_default()
    );
    for way_out in result.way_out.iter().flat_map(|words| words.lines()) {
        line.push_str(&format!("\n    {:width$}  {way_out}", ""));
    }
    line
}

/// Returns `ok`, and `checks` with `what`, `health`, `words`, `way_out` and `ms` each.
pub fn examination_json(results: &[CheckResult]) -> String {
    let checks: Vec<Value> = results
        .iter()
        .map(|result| {
            let health = match result.health {
                CheckStatus::Well => "ok",
                CheckStatus::Missing => "missing",
                CheckStatus::Broken => "broken",
            };
            json!({
                "what": result.what,
                "health": health,
                "words": result.words,
                "way_out": result.way_out,
                "ms": result.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            })
        })
        .collect();
    let ok = !results
        .iter()
        .any(|result| result.health == CheckStatus::Broken);
    json!({ "ok": ok, "checks": checks }).to_string()
}
