//! Operations in lanes, one for each task, with colours for outcomes and bands for faults.

use super::{Anchor, Canvas, GREY, SERIES, WIDTH};
use super::{fitting, width};
use crate::plot::axis::Scale;
use crate::plot::lane::{Lane, LaneOperation, LaneOutcome};
use crate::plot::model::{Band, Plot};

const SPACE: f64 = 12.0;
const ROW: f64 = 22.0;
const THICKNESS: f64 = 14.0;
/// The height of one row with the names of bands.
const BAND_ROW: f64 = 16.0;
/// Names of bands that do not fit into so many rows are only shown under the pointer.
const MOST_BAND_ROWS: usize = 4;
/// The widest column of names.
const NAMES: f64 = 160.0;

pub(super) fn draw(plot: &Plot, lanes: &[Lane]) -> String {
    let names = lanes.iter().map(|lane| width(&lane.name));
    let scale = plot.x_scale();
    let left = names.fold(0.0, f64::max).min(NAMES) + 2.0 * SPACE;
    let mut area = Area {
        left,
        right: WIDTH - 2.0 * SPACE,
        top: 34.0,
        bottom: 0.0,
        scale,
    };
    let labels = area.band_labels(&plot.bands);
    let rows = labels.iter().map(|label| label.row + 1).max().unwrap_or(0);
    let lanes_top = area.top + rows as f64 * BAND_ROW + 6.0;
    area.bottom = lanes_top + lanes.len() as f64 * ROW + 4.0;
    let height = area.bottom + 62.0;
    let mut canvas = Canvas::new(WIDTH, height, &plot.title, &plot.description());
    canvas.bold((SPACE, 20.0), Anchor::Start, &plot.title);
    area.bands(&mut canvas, &plot.bands, &labels);
    for (index, lane) in lanes.iter().enumerate() {
        let top = lanes_top + index as f64 * ROW;
        canvas.new_line();
        let name = fitting(&lane.name, NAMES);
        canvas.text((left - SPACE, top + 11.0), Anchor::End, &name);
        area.lane(&mut canvas, lane, top);
    }
    area.axis(&mut canvas, &plot.x.title());
    legend(&mut canvas, lanes, height - SPACE);
    canvas.finish()
}

struct Area {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    scale: Scale,
}

/// The name of a band, in one of the rows above the lanes.
struct BandLabel<'a> {
    row: usize,
    place: f64,
    text: &'a str,
}

impl Area {
    fn x(&self, number: f64) -> f64 {
        self.left + self.scale.place(number) * (self.right - self.left)
    }

    /// Places the names of the bands so that none covers another one.
    fn band_labels<'a>(&self, bands: &'a [Band]) -> Vec<BandLabel<'a>> {
        let mut ends: Vec<f64> = Vec::new();
        let mut labels = Vec::new();
        for band in bands {
            let size = width(&band.label);
            let place = self.x(band.from).min(self.right - size).max(self.left);
            let free = ends.iter().position(|end| *end <= place);
            let row = free.unwrap_or(ends.len());
            if row == MOST_BAND_ROWS {
                continue;
            }
            let end = place + size + SPACE;
            match ends.get_mut(row) {
                Some(last) => *last = end,
                None => ends.push(end),
            }
            let text = band.label.as_str();
            labels.push(BandLabel { row, place, text });
        }
        labels
    }

    fn bands(&self, canvas: &mut Canvas, bands: &[Band], labels: &[BandLabel]) {
        for band in bands {
            let (from, to) = (self.x(band.from), self.x(band.to));
            canvas.new_line();
            let size = (to - from, self.bottom - self.top);
            canvas.rectangle((from, self.top), size, GREY, 0.2, &band.label);
        }
        for label in labels {
            let base = self.top + label.row as f64 * BAND_ROW + 12.0;
            canvas.new_line();
            canvas.text((label.place, base), Anchor::Start, label.text);
        }
    }

    fn lane(&self, canvas: &mut Canvas, lane: &Lane, top: f64) {
        let mut merged: Option<(f64, f64, usize)> = None;
        let drawn = lane.drawn();
        for operation in &drawn {
            let (from, to) = (self.x(operation.from), self.x(operation.to));
            let is_thin = to - from < 1.0 && operation.outcome == LaneOutcome::Ok;
            if !is_thin {
                slice(canvas, operation, (from, to), top);
                continue;
            }
            // Thin slices that touch become one: a picture with thousands of them stays small.
            merged = match merged {
                Some((begin, end, count)) if from < end + 1.0 => {
                    Some((begin, end.max(to), count + 1))
                }
                _ => {
                    thin_slices(canvas, merged, top);
                    Some((from, to, 1))
                }
            };
        }
        thin_slices(canvas, merged, top);
        self.after_unknown(canvas, &drawn, top);
    }

    /// Draws a dashed line from the first unknown outcome to the end: the operation may take effect
    /// later.
    fn after_unknown(&self, canvas: &mut Canvas, operations: &[&LaneOperation], top: f64) {
        let unknown = operations
            .iter()
            .filter(|operation| operation.outcome == LaneOutcome::Unknown);
        let Some(first) = unknown.map(|operation| operation.to).reduce(f64::min) else {
            return;
        };
        let base = top + THICKNESS + 2.0;
        let (from, to) = ((self.x(first), base), (self.right, base));
        canvas.line(from, to, look(LaneOutcome::Unknown).0, "3 2");
    }

    fn axis(&self, canvas: &mut Canvas, title: &str) {
        let base = self.bottom;
        canvas.line((self.left, base), (self.right, base), GREY, "none");
        for (number, label) in self.scale.ticks(6) {
            let place = self.x(number);
            canvas.new_line();
            canvas.line((place, base), (place, base + 4.0), GREY, "none");
            canvas.text((place, base + 17.0), Anchor::Middle, &label);
        }
        canvas.text((self.right, base + 33.0), Anchor::End, title);
    }
}

/// Returns the colour, the dashes of the outline, and the letter of an outcome.
fn look(outcome: LaneOutcome) -> (&'static str, &'static str, &'static str) {
    match outcome {
        LaneOutcome::Ok => (SERIES[0], "none", ""),
        LaneOutcome::Failed => (SERIES[2], "none", "F"),
        LaneOutcome::Unknown => (SERIES[1], "3 2", "?"),
    }
}

fn slice(canvas: &mut Canvas, operation: &LaneOperation, (from, to): (f64, f64), top: f64) {
    let (colour, dashes, letter) = look(operation.outcome);
    let hover = format!("{}, {}", operation.label, operation.outcome.name());
    canvas.new_line();
    let size = (to - from, THICKNESS);
    canvas.slice((from, top), size, colour, 0.75, dashes, &hover);
    let text = format!("{letter} {}", operation.label);
    if width(text.trim()) + 6.0 <= to - from {
        canvas.label((from + 3.0, top + THICKNESS - 4.0), text.trim());
    } else if !letter.is_empty() && to - from >= 9.0 {
        canvas.label((from + 2.0, top + THICKNESS - 4.0), letter);
    }
}

fn thin_slices(canvas: &mut Canvas, merged: Option<(f64, f64, usize)>, top: f64) {
    let Some((from, to, count)) = merged else {
        return;
    };
    let unit = if count == 1 {
        "operation"
    } else {
        "operations"
    };
    canvas.new_line();
    let (size, colour) = ((to - from, THICKNESS), look(LaneOutcome::Ok).0);
    canvas.rectangle(
        (from, top),
        size,
        colour,
        0.75,
        &format!("{count} {unit}, ok"),
    );
}

/// Draws the outcomes that occur.
fn legend(canvas: &mut Canvas, lanes: &[Lane], base: f64) {
    let mut left = SPACE;
    for outcome in LaneOutcome::ALL {
        let count: usize = lanes.iter().map(|lane| lane.count(outcome)).sum();
        if count == 0 {
            continue;
        }
        let (colour, dashes, letter) = look(outcome);
        canvas.new_line();
        canvas.slice((left, base - 11.0), (16.0, 13.0), colour, 0.75, dashes, "");
        canvas.label((left + 5.0, base - 1.0), letter);
        let text = format!("{}: {count}", outcome.name());
        canvas.text((left + 22.0, base), Anchor::Start, &text);
        left += 22.0 + width(&text) + 2.0 * SPACE;
    }
}
