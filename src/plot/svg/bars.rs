//! Horizontal bars, one for each name.

use super::{Anchor, Canvas, GREY, SERIES, WIDTH};
use super::{fitting, width};
use crate::plot::model::{Bar, Plot};
use crate::plot::number::short;

const ROW: f64 = 26.0;
const THICKNESS: f64 = 16.0;
const SPACE: f64 = 12.0;
/// The widest column of names.
const NAMES: f64 = 220.0;

pub(super) fn draw(plot: &Plot, bars: &[Bar]) -> String {
    let head = if plot.title.is_empty() { SPACE } else { 34.0 };
    let foot = if plot.y.label.is_empty() { SPACE } else { 30.0 };
    let height = head + ROW * bars.len() as f64 + foot;
    let mut canvas = Canvas::new(WIDTH, height, &plot.title, &plot.description());
    canvas.bold((SPACE, 20.0), Anchor::Start, &plot.title);
    let names = bars.iter().map(|bar| width(&bar.name)).fold(0.0, f64::max);
    let left = names.min(NAMES) + 2.0 * SPACE;
    let values: Vec<String> = bars
        .iter()
        .map(|bar| plot.y.with_unit(&short(bar.value)))
        .collect();
    let right = values.iter().map(|text| width(text)).fold(0.0, f64::max) + 2.0 * SPACE;
    let room = (WIDTH - left - right).max(40.0);
    let scale = plot.y.scale(
        bars.iter()
            .map(|bar| bar.value)
            .chain((!plot.y.log).then_some(0.0)),
    );
    for (index, (bar, value)) in bars.iter().zip(&values).enumerate() {
        let top = head + ROW * index as f64;
        let base = top + THICKNESS - 3.0;
        canvas.new_line();
        let name = fitting(&bar.name, NAMES);
        canvas.text((left - SPACE, base), Anchor::End, &name);
        let length = room * scale.place(bar.value);
        let hover = format!("{}: {value}", bar.name);
        canvas.rectangle((left, top), (length, THICKNESS), SERIES[0], 1.0, &hover);
        canvas.text((left + length + 6.0, base), Anchor::Start, value);
    }
    let bottom = head + ROW * bars.len() as f64;
    canvas.line((left, head - 4.0), (left, bottom), GREY, "none");
    if !plot.y.label.is_empty() {
        canvas.text((left, bottom + 16.0), Anchor::Start, &plot.y.title());
    }
    canvas.finish()
}
