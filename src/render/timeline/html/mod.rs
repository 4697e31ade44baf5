//! A timeline as one HTML page: lanes to zoom and pan, the script beside them, and a table.

mod data;
mod lines;
mod moments;
mod table;

use maud::{Markup, PreEscaped, html};

use super::svg::svg;
use super::time::shown;
use crate::error::visible;
use crate::record::{Nanos, Recording, SourceText};
use crate::render::highlight;
use crate::render::html::document;
use lines::{LineCalls, line_calls};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("script/data.js"),
    include_str!("script/lanes.js"),
    include_str!("script/draw.js"),
    include_str!("script/labels.js"),
    include_str!("script/actions.js"),
    "})();\n",
);

/// Returns the page. It loads nothing from anywhere; without JavaScript it shows the picture, the
/// script and the table.
pub fn html(recording: &Recording) -> String {
    let title = visible(&recording.title);
    let body = html! {
        header.head {
            h1 { "Timeline of " (title) }
            p.note {
                (shown(recording.duration)) ", " (recording.events.len()) " events. "
                @if let Some(note) = recording.note_about_dropped() { (note) "." }
            }
        }
        main id="main" {
            div.controls {
                (legend())
                (tools())
            }
            div.both {
                div {
                    div id="view" { (PreEscaped(svg(recording))) }
                    div.detail id="detail" role="status" {}
                }
                div.sources {
                    @for (index, source) in recording.sources.iter().enumerate() {
                        (script(recording, source, index))
                    }
                }
            }
            (moments::table(recording))
            (table::table(recording))
        }
        script type="application/json" id="data" { (PreEscaped(in_script(&data::data(recording).to_string()))) }
    };
    document(&format!("Timeline of {title}"), STYLE, SCRIPT, &body)
}

/// JSON in a script element must not end it.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

fn tools() -> Markup {
    html! {
        div.tools id="tools" hidden {
            label { "Search " input type="search" id="search" size="18"; }
            label { input type="checkbox" id="problems"; " only failed and unknown" }
            button type="button" id="in" { "Zoom in" }
            button type="button" id="out" { "Zoom out" }
            button type="button" id="all" { "Show all" }
        }
    }
}

fn legend() -> Markup {
    html! {
        ul.legend {
            li { span.ok { "ok" } " succeeded" }
            li { span.failed { "F" } " failed, changed nothing" }
            li { span.unknown { "?" } " maybe applied; a thin bar until it is known" }
            li { span.fault { "fault" } " made by the script" }
            li { "members: " span.primary { "primary" } " " span.secondary { "secondary" } }
        }
    }
}

/// Returns the text of a script, with a bar for each line that called something.
fn script(recording: &Recording, source: &SourceText, index: usize) -> Markup {
    let calls = line_calls(recording, source);
    let most = calls.values().map(|line| line.total).max().unwrap_or(0);
    let name = visible(&source.name);
    let mut rest: Vec<Vec<_>> = vec![Vec::new()];
    let text = visible(&source.text);
    for (colour, part) in highlight::coloured(&text) {
        for (count, piece) in part.split('\n').enumerate() {
            if count > 0 {
                rest.push(Vec::new());
            }
            if let Some(line) = rest.last_mut() {
                line.push((colour, piece));
            }
        }
    }
    html! {
        details.source open[index == 0] {
            summary { "The script " code { (name) } }
            div.wide tabindex="0" {
                table.script data-source=(index) {
                    thead { tr {
                        th scope="col" { "line" }
                        th scope="col" { "calls" }
                        th scope="col" { "total" }
                        th scope="col" { "worst" }
                        th scope="col" { "code" }
                    } }
                    tbody {
                        @for (number, line) in (1_u32..).zip(&rest) {
                            (script_line(number, line, calls.get(&number), most))
                        }
                    }
                }
            }
        }
    }
}

fn script_line(
    number: u32,
    line: &[(Option<highlight::Colour>, &str)],
    calls: Option<&LineCalls>,
    most: Nanos,
) -> Markup {
    html! {
        tr data-line=(number) class=[calls.filter(|calls| calls.not_ok > 0).map(|_| "not-ok")] {
            th scope="row" { (number) }
            @match calls {
                Some(calls) => {
                    td { (calls.count) @if calls.not_ok > 0 { div { (calls.not_ok) " not ok" } } }
                    td { (shown(calls.total)) span.bar { span style=(bar(calls.total, most)) {} } }
                    td { (shown(calls.worst)) }
                }
                None => { td {} td {} td {} }
            }
            td { code { @for (colour, text) in line { (crate::render::html::piece(*colour, text)) } } }
        }
    }
}

/// Returns the style of a bar whose length is the share of `part` in `most`.
fn bar(part: Nanos, most: Nanos) -> String {
    let percent = part as f64 / most.max(1) as f64 * 100.0;
    format!("width:{percent:.0}%")
}
