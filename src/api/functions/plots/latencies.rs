//! The picture of an array of results of `timed`.

use rhai::{Array, Dynamic};

use super::number;
use crate::error::Result;
use crate::plot::{Axis, Content, Limit, Plot, Series, SeriesKind, quantile};
use crate::values::document::Document;

/// Returns one point for each result, with the percentiles as lines, or `None` if an element is not
/// a result of `timed`.
pub(super) fn plot(results: &Array) -> Result<Option<Plot>> {
    let mut times = Vec::with_capacity(results.len());
    for result in results {
        match milliseconds(result)? {
            Some(time) => times.push(time),
            None => return Ok(None),
        }
    }
    if times.is_empty() {
        return Ok(None);
    }
    let points = times.iter().enumerate();
    let points = points.map(|(index, time)| (index as f64, *time)).collect();
    times.sort_by(f64::total_cmp);
    let limits = [("p50", 0.5), ("p99", 0.99)].map(|(name, part)| Limit {
        label: name.to_owned(),
        value: quantile(&times, part),
    });
    let mut y = Axis::new("time", "ms");
    // Rare slow calls are visible on a logarithmic axis only.
    y.log = times.first().is_some_and(|first| *first > 0.0);
    Ok(Some(Plot {
        title: format!("{} calls", times.len()),
        x: Axis::new("call", ""),
        y,
        content: Content::Series(vec![Series {
            name: String::new(),
            kind: SeriesKind::Points,
            points,
        }]),
        bands: Vec::new(),
        limits: limits.into(),
    }))
}

fn milliseconds(result: &Dynamic) -> Result<Option<f64>> {
    let Some(result) = result.read_lock::<Document>() else {
        return Ok(None);
    };
    let ms = result.get("ms")?;
    Ok(ms.as_ref().and_then(number))
}
