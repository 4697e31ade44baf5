use maud::{Markup, PreEscaped, html};
use rhai::Dynamic;

use super::code::code;
use crate::api::run::rich_value::RichValue;
use crate::diagnose::Report;
use crate::error::visible;
use crate::plot::{Plot, svg};
use crate::render::{pretty, table};
use crate::values::document::Document;
use crate::values::show;

/// The width of a value's source, in letters.
const WIDTH: usize = 80;

/// Returns a value: documents as a table, a plot as a picture, others as source.
pub fn value(value: &RichValue) -> Markup {
    match value {
        RichValue::Plot(picture) => plot(picture),
        RichValue::Table { rows, is_cut } => rows_table(rows, *is_cut),
        RichValue::Value(value) => match value.read_lock::<Document>() {
            Some(document) if !document.is_empty() => fields_table(&document),
            _ => text(&show::print_text(value)),
        },
    }
}

/// Returns a text with its line breaks.
pub fn text(text: &str) -> Markup {
    html! { pre tabindex="0" { (visible(text)) } }
}

/// Returns the picture, and its numbers as a table that can be opened.
pub fn plot(plot: &Plot) -> Markup {
    let (head, rows) = plot.numbers();
    let shown = rows.len().min(MOST_NUMBERS);
    html! {
        figure.plot {
            (PreEscaped(svg::draw(plot)))
            details {
                summary { "The numbers" }
                div.wide tabindex="0" {
                    table {
                        thead { tr { @for name in &head { th scope="col" { (visible(name)) } } } }
                        tbody {
                            @for row in &rows[..shown] {
                                tr { @for cell in row { td { (visible(cell)) } } }
                            }
                        }
                    }
                    @if shown < rows.len() { p { "the first " (shown) " of " (rows.len()) } }
                }
            }
        }
    }
}

/// The most rows of numbers beside a plot.
const MOST_NUMBERS: usize = 200;

/// Returns an error as the terminal shows it.
pub fn report(report: &Report) -> Markup {
    let text = anstream::adapter::strip_str(&report.render(WIDTH)).to_string();
    html! { pre.error tabindex="0" { (visible(&text)) } }
}

fn rows_table(rows: &[Document], is_cut: bool) -> Markup {
    let values: Vec<Dynamic> = rows.iter().cloned().map(Dynamic::from).collect();
    let columns = table::columns(&values);
    html! {
        @if rows.is_empty() { p.note { "no documents" } }
        @else {
            div.wide tabindex="0" {
                table {
                    thead { tr { @for name in &columns { th scope="col" { (visible(name)) } } } }
                    tbody {
                        @for row in rows {
                            tr {
                                @for name in &columns {
                                    td { @if let Ok(Some(value)) = row.get(name) { (cell(&value)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if is_cut { p.note { "the first " (rows.len()) " documents" } }
    }
}

fn fields_table(document: &Document) -> Markup {
    let entries = document.entries().unwrap_or_default();
    html! {
        div.wide tabindex="0" {
            table {
                tbody {
                    @for (name, value) in &entries {
                        tr {
                            th scope="row" { (visible(name)) }
                            td { (cell(value)) }
                        }
                    }
                }
            }
        }
    }
}

/// Returns a value in a table. A nested value is folded if it is long.
fn cell(value: &Dynamic) -> Markup {
    let source = show::source(value);
    let source = visible(&source);
    let is_nested = value.is_array() || value.is::<Document>();
    html! {
        @if is_nested && source.len() > LONGEST_CELL {
            details {
                summary { (summary(value)) }
                pre { (code(&visible(&pretty::pretty(value, WIDTH)))) }
            }
        } @else {
            code { (code(&source)) }
        }
    }
}

/// A nested value with a longer source is folded.
const LONGEST_CELL: usize = 60;

fn summary(value: &Dynamic) -> String {
    if let Some(array) = value.read_lock::<rhai::Array>() {
        return format!("array of {}", array.len());
    }
    let fields = value
        .read_lock::<Document>()
        .and_then(|document| document.len().ok());
    format!("Document with {} fields", fields.unwrap_or_default())
}
