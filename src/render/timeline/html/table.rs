//! The operations as a table: for screen readers, and for everybody without JavaScript.

use std::cmp::Reverse;
use std::collections::HashMap;

use maud::{Markup, html};

use crate::error::visible;
use crate::record::{
    Call, Command, Event, Nanos, Outcome, Recording, Settled, SettledBy, short_member,
};
use crate::render::timeline::time::shown;

/// The most rows. Failed and unknown operations come first, then the longest ones.
const MOST_ROWS: usize = 400;

struct Row<'a> {
    begin: Nanos,
    took: Nanos,
    outcome: Outcome,
    error: Option<&'a str>,
    settled: Option<Settled>,
    /// `insert_one` or the name of the command.
    what: &'a str,
    /// The task, or the client and the member.
    place: String,
    line: Option<u32>,
}

pub(super) fn table(recording: &Recording) -> Markup {
    let calls = recording.calls();
    let mut rows: Vec<Row> = recording
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Call(call) => Some(of_call(call, recording)),
            Event::Command(command) => Some(of_command(command, recording, &calls)),
            _ => None,
        })
        .collect();
    let all = rows.len();
    rows.sort_by_key(|row| (row.outcome == Outcome::Ok, Reverse(row.took)));
    rows.truncate(MOST_ROWS);
    rows.sort_by_key(|row| row.begin);
    html! {
        details.operations {
            summary { "The operations as a table" }
            @if rows.len() < all {
                p.note { (rows.len()) " of " (all) " operations: the failed, the unknown and the longest ones" }
            }
            div.wide tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "at" }
                        th scope="col" { "took" }
                        th scope="col" { "operation" }
                        th scope="col" { "where" }
                        th scope="col" { "line" }
                        th scope="col" { "outcome" }
                    } }
                    tbody { @for row in &rows { (one(row)) } }
                }
            }
        }
    }
}

fn one(row: &Row) -> Markup {
    let word = match row.outcome {
        Outcome::Ok => "ok",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
    };
    html! {
        tr {
            td { (shown(row.begin)) }
            td { (shown(row.took)) }
            td { code { (visible(row.what)) } }
            td { (visible(&row.place)) }
            td { @if let Some(line) = row.line { (line) } }
            td {
                span class=(word) { (word) }
                @if let Some(error) = row.error { " " (visible(error)) }
                @if let Some(settled) = row.settled { ", " (settled_words(settled)) }
            }
        }
    }
}

fn settled_words(settled: Settled) -> String {
    let what = match settled.outcome {
        Outcome::Ok => "applied",
        Outcome::Failed | Outcome::Unknown => "not applied",
    };
    let by = match settled.by {
        SettledBy::Retry => "a retry",
        SettledBy::Majority => "a majority",
    };
    format!("{what} (known after {by} at {})", shown(settled.at))
}

fn of_call<'a>(call: &'a Call, recording: &Recording) -> Row<'a> {
    Row {
        begin: call.begin,
        took: call.end.saturating_sub(call.begin),
        outcome: call.outcome,
        error: call.error.as_deref(),
        settled: call.settled,
        what: &call.function,
        place: recording.task_name(call.task),
        line: call.place.as_ref().map(|place| place.line),
    }
}

fn of_command<'a>(
    command: &'a Command,
    recording: &Recording,
    calls: &HashMap<u32, &Call>,
) -> Row<'a> {
    let client = recording.client_name(command.client);
    let call = command.call.and_then(|call| calls.get(&call));
    Row {
        begin: command.begin,
        took: command.end.saturating_sub(command.begin),
        outcome: command.outcome,
        error: command.error.as_deref(),
        settled: command.settled,
        what: &command.name,
        place: format!("{client}, {}", short_member(&command.member)),
        line: call
            .and_then(|call| call.place.as_ref())
            .map(|place| place.line),
    }
}
