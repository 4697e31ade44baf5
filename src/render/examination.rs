//! What `seaworthy doctor` found, for a person and for a program.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::highlight::{Palette, painted};
use crate::server::{CheckStatus, Symptom};

const WELL: Style = AnsiColor::Green.on_default();

/// A line each, with what to do below it.
pub fn examination(symptoms: &[Symptom], colour: bool) -> String {
    let width = symptoms.iter().map(|symptom| symptom.what.len()).max();
    let lines = symptoms
        .iter()
        .map(|symptom| line(symptom, width.unwrap_or(0), colour));
    let broken = symptoms
        .iter()
        .filter(|symptom| symptom.health == CheckStatus::Broken)
        .count();
    let verdict = match broken {
        0 => "all is well".to_owned(),
        1 => "one thing is broken".to_owned(),
        count => format!("{count} things are broken"),
    };
    format!("{}\n\n{verdict}", lines.collect::<Vec<_>>().join("\n"))
}

fn line(symptom: &Symptom, width: usize, colour: bool) -> String {
    let (mark, style) = match symptom.health {
        CheckStatus::Well => ("ok", WELL),
        CheckStatus::Missing => ("--", Palette::DIM),
        CheckStatus::Broken => ("!!", Palette::ERROR),
    };
    let mark = if colour {
        painted(mark, style)
    } else {
        mark.to_owned()
    };
    let took = symptom
        .took
        .map(|took| format!(" ({} ms)", took.as_millis()));
    let mut line = format!(
        "{mark}  {:width$}  {}{}",
        symptom.what,
        symptom.words,
        took.unwrap_or_default()
    );
    for way_out in symptom.way_out.iter().flat_map(|words| words.lines()) {
        line.push_str(&format!("\n    {:width$}  {way_out}", ""));
    }
    line
}

/// One document: `ok`, and `checks` with `what`, `health`, `words`, `way_out` and `ms` each.
pub fn examination_json(symptoms: &[Symptom]) -> String {
    let checks: Vec<Value> = symptoms
        .iter()
        .map(|symptom| {
            let health = match symptom.health {
                CheckStatus::Well => "ok",
                CheckStatus::Missing => "missing",
                CheckStatus::Broken => "broken",
            };
            json!({
                "what": symptom.what,
                "health": health,
                "words": symptom.words,
                "way_out": symptom.way_out,
                "ms": symptom.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            })
        })
        .collect();
    let ok = !symptoms
        .iter()
        .any(|symptom| symptom.health == CheckStatus::Broken);
    json!({ "ok": ok, "checks": checks }).to_string()
}
