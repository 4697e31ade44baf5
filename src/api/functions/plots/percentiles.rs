//! The picture of percentiles, such as `pool.wait_ms`.

use super::number;
use crate::error::Result;
use crate::plot::{Axis, Bar, Content, Plot};
use crate::values::document::Document;

const NAMES: [&str; 4] = ["p50", "p95", "p99", "max"];

/// Returns bars, or `None` if the Document does not consist of percentiles.
pub(super) fn plot(document: &Document) -> Result<Option<Plot>> {
    let entries = document.entries()?;
    let mut bars = Vec::new();
    for (name, value) in &entries {
        match number(value) {
            Some(value) if NAMES.contains(&name.as_str()) => bars.push(Bar {
                name: name.to_string(),
                value,
            }),
            _ => return Ok(None),
        }
    }
    Ok((!bars.is_empty()).then(|| Plot {
        title: "percentiles".to_owned(),
        x: Axis::default(),
        y: Axis::new("", "ms"),
        content: Content::Bars(bars),
        bands: Vec::new(),
        limits: Vec::new(),
    }))
}
