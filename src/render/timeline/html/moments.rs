//! The faults and the states of the members as a table, for those who cannot see the lanes.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::error::visible;
use crate::record::{Call, Event, Fault, FaultKind, Nanos, Recording, short_member};
use crate::render::timeline::members::stretches;
use crate::render::timeline::time::shown;

/// The most rows; the oldest ones stay.
const MOST_ROWS: usize = 300;

struct Row {
    at: Nanos,
    what: String,
    line: Option<u32>,
}

pub(super) fn table(recording: &Recording) -> Markup {
    let calls = recording.calls();
    let faults: Vec<&Fault> = recording
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Fault(fault) => Some(fault),
            _ => None,
        })
        .collect();
    let mut rows: Vec<Row> = faults.iter().map(|fault| of_fault(fault, &calls)).collect();
    rows.extend(of_members(recording, &faults));
    rows.sort_by_key(|row| row.at);
    rows.truncate(MOST_ROWS);
    html! {
        @if !rows.is_empty() {
            details.moments {
                summary { "The faults and the members as a table" }
                div.wide tabindex="0" {
                    table {
                        thead { tr {
                            th scope="col" { "at" }
                            th scope="col" { "what happened" }
                            th scope="col" { "line" }
                        } }
                        tbody {
                            @for row in &rows {
                                tr {
                                    td { (shown(row.at)) }
                                    td { (visible(&row.what)) }
                                    td { @if let Some(line) = row.line { (line) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn of_fault(fault: &Fault, calls: &HashMap<u32, &Call>) -> Row {
    let call = fault.call.and_then(|call| calls.get(&call));
    let until = fault.end.map_or_else(|| "the end".to_owned(), shown);
    Row {
        at: fault.begin,
        what: format!("fault: {}, until {until}", fault.name()),
        line: call
            .and_then(|call| call.place.as_ref())
            .map(|place| place.line),
    }
}

fn of_members(recording: &Recording, faults: &[&Fault]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (member, stretches) in stretches(recording) {
        for stretch in stretches {
            let mut what = format!(
                "a client sees {} as {}",
                short_member(member),
                stretch.state
            );
            let cause = faults.iter().rfind(|fault| {
                let ends_process = matches!(
                    fault.kind,
                    FaultKind::Kill | FaultKind::Stop | FaultKind::Pause
                );
                ends_process && *fault.target == *member && fault.lasts_at(stretch.begin)
            });
            if let Some(fault) = cause.filter(|_| stretch.state == "down") {
                let after = shown(stretch.begin - fault.begin);
                what.push_str(&format!(", {after} after {}", fault.name()));
            }
            rows.push(Row {
                at: stretch.begin,
                what,
                line: None,
            });
        }
    }
    rows
}
