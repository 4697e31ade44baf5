//! The picture that a Document describes: `plot(#{ title, x, y, lines, … })`.

use rhai::{Array, Dynamic};

use super::number;
use crate::api::call::{ValueType, check_options};
use crate::error::{Error, Result};
use crate::plot::{Axis, Band, Bar, Content, Limit, Plot, Series, SeriesKind};
use crate::values::document::Document;
use crate::values::show;
use crate::values::type_name;

/// Returns the plot that the Document describes.
///
/// # Errors
/// `InvalidArgument` with the field that is wrong.
pub(super) fn plot(spec: &Document) -> Result<Plot> {
    check_options("plot", spec, ValueType::PLOT)?;
    let text = |name| -> Result<String> { Ok(spec.read(name)?.into_string().unwrap_or_default()) };
    let flag = |name| -> Result<bool> { Ok(spec.read(name)?.as_bool().unwrap_or_default()) };
    let mut x = Axis::new(&text("x")?, "");
    let mut y = Axis::new(&text("y")?, &text("unit")?);
    (x.log, y.log) = (flag("x_log")?, flag("y_log")?);
    let bars = bars(spec)?;
    let mut series = Vec::new();
    for (field, kind) in [
        ("lines", SeriesKind::Line),
        ("steps", SeriesKind::Step),
        ("points", SeriesKind::Points),
    ] {
        series.extend(named(spec, field)?.map_or(Ok(Vec::new()), |all| {
            all.into_iter()
                .map(|(name, points)| series_of(field, name, kind, &points))
                .collect::<Result<_>>()
        })?);
    }
    let content = match (bars, series.is_empty()) {
        (Some(bars), true) => Content::Bars(bars),
        (None, false) => Content::Series(series),
        (Some(_), false) => {
            return Err(wrong(
                "`bars` cannot be in one plot with lines, steps or points",
            ));
        }
        (None, true) => return Err(wrong("`plot` needs `lines`, `steps`, `points` or `bars`")),
    };
    Ok(Plot {
        title: text("title")?,
        x,
        y,
        content,
        bands: bands(spec)?,
        limits: limits(spec)?,
    })
}

/// Returns the bars, if the plot has some. A bar has a name and a number of 0 or more.
///
/// # Errors
/// `InvalidArgument` with the bar that is wrong.
fn bars(spec: &Document) -> Result<Option<Vec<Bar>>> {
    let Some(bars) = spec.get("bars")?.filter(|bars| !bars.is_unit()) else {
        return Ok(None);
    };
    let bars = bars.read_lock::<Document>();
    bars.map(|bars| super::bars("plot", &bars)).transpose()
}

/// Returns the series of a field with their names: a Document has names, an array is one series
/// without a name.
fn named(spec: &Document, field: &str) -> Result<Option<Vec<(String, Dynamic)>>> {
    let Some(value) = spec.get(field)?.filter(|value| !value.is_unit()) else {
        return Ok(None);
    };
    if let Some(document) = value.read_lock::<Document>() {
        let entries = document.entries()?.into_iter();
        return Ok(Some(
            entries
                .map(|(name, points)| (name.to_string(), points))
                .collect(),
        ));
    }
    Ok(Some(vec![(String::new(), value)]))
}

fn series_of(field: &str, name: String, kind: SeriesKind, points: &Dynamic) -> Result<Series> {
    let path = match name.as_str() {
        "" => field.to_owned(),
        name => format!("{field}.{name}"),
    };
    let Some(array) = points.read_lock::<Array>() else {
        let found = type_name::of(points);
        return Err(wrong(&format!(
            "`{path}` of `plot` is {found}, expected an array"
        )));
    };
    let points = array.iter().enumerate().map(|(index, point)| {
        point_of(index, point).ok_or_else(|| {
            let found = show::source(point);
            wrong(&format!(
                "`{path}[{index}]` of `plot` is {found}, expected a number or `[x, y]`"
            ))
        })
    });
    Ok(Series {
        name,
        kind,
        points: points.collect::<Result<_>>()?,
    })
}

/// Returns `[x, y]`, or the index and the number.
fn point_of(index: usize, point: &Dynamic) -> Option<(f64, f64)> {
    if let Some(pair) = point.read_lock::<Array>() {
        return match pair.as_slice() {
            [x, y] => Some((number(x)?, number(y)?)),
            _ => None,
        };
    }
    Some((index as f64, number(point)?))
}

/// Returns the shaded stretches: `[#{ from, to, label }]`.
fn bands(spec: &Document) -> Result<Vec<Band>> {
    let Some(bands) = spec.get("bands")? else {
        return Ok(Vec::new());
    };
    let bands = bands.read_lock::<Array>();
    let bands = bands.iter().flat_map(|bands| bands.iter());
    bands
        .filter_map(|band| band.read_lock::<Document>())
        .map(|band| {
            let end = |name| {
                let value = band.read(name)?;
                number(&value).ok_or_else(|| {
                    wrong(&format!(
                        "`{name}` of a band is {}, expected a number",
                        type_name::of(&value)
                    ))
                })
            };
            Ok(Band {
                label: band.read("label")?.into_string().unwrap_or_default(),
                from: end("from")?,
                to: end("to")?,
            })
        })
        .collect()
}

/// Returns the horizontal lines: `#{ maximum: 20 }`.
fn limits(spec: &Document) -> Result<Vec<Limit>> {
    let Some(limits) = spec.get("limits")? else {
        return Ok(Vec::new());
    };
    let Some(limits) = limits.read_lock::<Document>() else {
        return Ok(Vec::new());
    };
    let entries = limits.entries()?.into_iter();
    entries
        .map(|(label, value)| match number(&value) {
            Some(value) => Ok(Limit {
                label: label.to_string(),
                value,
            }),
            None => Err(wrong(&format!(
                "`limits.{label}` of `plot` is {}, expected a number",
                type_name::of(&value)
            ))),
        })
        .collect()
}

fn wrong(message: &str) -> Error {
    Error::invalid_argument(message).hint(
        "for example `plot(#{ title: \"sales\", lines: #{ figs: [1, 5, 3] }, unit: \"kg\" })`",
    )
}
