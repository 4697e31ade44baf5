//! Values as Jupyter shows them: each as a picture or a table, and always as text.

use rhai::Dynamic;
use serde_json::{Map, Value};

use super::{Format, html, pretty};
use crate::api::run::rich_value::RichValue;
use crate::error::visible;
use crate::plot::svg;
use crate::values::description;
use crate::values::document::Document;

/// The width of the texts, in columns.
const WIDTH: usize = 80;

/// Returns a value of `display` by media type.
pub fn displayed(value: &RichValue) -> Map<String, Value> {
    bundle(value, &Format::Text.display(value, WIDTH))
}

/// Returns the last value of a cell by media type. A text stands in quotes, as at the prompt.
pub fn result(value: &RichValue) -> Map<String, Value> {
    match value {
        RichValue::Value(value) if !value.is_unit() => {
            let text = description::of(value).unwrap_or_else(|| pretty::pretty(value, WIDTH));
            bundle(&RichValue::Value(value.clone()), &text)
        }
        value => displayed(value),
    }
}

fn bundle(value: &RichValue, text: &str) -> Map<String, Value> {
    let mut bundle = Map::new();
    bundle.insert("text/plain".into(), visible(text).into());
    match value {
        RichValue::Plot(plot) => {
            bundle.insert("image/svg+xml".into(), svg::draw(plot).into());
        }
        RichValue::Table { .. } => html_of(&mut bundle, value),
        RichValue::Value(inner) if is_document(inner) => html_of(&mut bundle, value),
        RichValue::Value(_) => {}
    }
    bundle
}

fn is_document(value: &Dynamic) -> bool {
    let document = value.read_lock::<Document>();
    document.is_some_and(|document| !document.is_empty())
}

fn html_of(bundle: &mut Map<String, Value>, value: &RichValue) {
    bundle.insert("text/html".into(), html::value(value).into_string().into());
}
