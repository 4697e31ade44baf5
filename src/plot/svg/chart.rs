//! Lines and points between two axes.

use super::{Anchor, Canvas, GREY, SERIES, WIDTH, dashes};
use super::{fitting, width};
use crate::plot::axis::Scale;
use crate::plot::model::Plot;
use crate::plot::number::short;
use crate::plot::series::{Series, SeriesKind};

/// The height of the area between the axes, in pixels.
const AREA: f64 = 220.0;
const SPACE: f64 = 12.0;
/// The height of one line of the legend.
const LEGEND: f64 = 18.0;
/// The size of the marks in the legend.
const MARK: f64 = 24.0;

pub(super) fn draw(plot: &Plot) -> String {
    let legend = legend_rows(&legend_entries(plot));
    let height = 42.0 + AREA + 44.0 + legend.len() as f64 * LEGEND;
    let area = Area::of(plot);
    let mut canvas = Canvas::new(WIDTH, height, &plot.title, &plot.description());
    canvas.bold((SPACE, 20.0), Anchor::Start, &plot.title);
    bands(&mut canvas, plot, &area);
    axes(&mut canvas, plot, &area);
    for limit in &plot.limits {
        let height = area.y(limit.value);
        canvas.new_line();
        canvas.line((area.left, height), (area.right, height), GREY, "6 4");
    }
    for (index, series) in plot.series().iter().enumerate() {
        canvas.new_line();
        draw_series(&mut canvas, series, index, &area);
    }
    draw_legend(&mut canvas, &legend, area.bottom + 48.0);
    canvas.finish()
}

/// The rectangle between the axes, and the scales.
struct Area {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x: Scale,
    y: Scale,
}

impl Area {
    fn of(plot: &Plot) -> Self {
        let (x, y) = (plot.x_scale(), plot.y_scale());
        let labels = y.ticks(5).into_iter().map(|tick| width(&tick.1));
        let top = 52.0;
        Self {
            left: labels.fold(20.0, f64::max) + 2.0 * SPACE,
            right: WIDTH - 2.0 * SPACE,
            top,
            bottom: top + AREA - 10.0,
            x,
            y,
        }
    }

    fn x(&self, number: f64) -> f64 {
        self.left + self.x.place(number) * (self.right - self.left)
    }

    fn y(&self, number: f64) -> f64 {
        self.bottom - self.y.place(number) * (self.bottom - self.top)
    }

    fn place(&self, point: (f64, f64)) -> (f64, f64) {
        (self.x(point.0), self.y(point.1))
    }
}

fn bands(canvas: &mut Canvas, plot: &Plot, area: &Area) {
    for band in &plot.bands {
        let (from, to) = (area.x(band.from), area.x(band.to));
        canvas.new_line();
        let size = (to - from, area.bottom - area.top);
        canvas.rectangle((from, area.top), size, SERIES[1], 0.18, &band.label);
    }
}

fn axes(canvas: &mut Canvas, plot: &Plot, area: &Area) {
    canvas.text((SPACE, area.top - 10.0), Anchor::Start, &plot.y.title());
    for (number, label) in area.y.ticks(5) {
        let height = area.y(number);
        canvas.new_line();
        canvas.faint_line((area.left, height), (area.right, height));
        canvas.text((area.left - 8.0, height + 4.0), Anchor::End, &label);
    }
    for (number, label) in area.x.ticks(6) {
        let place = area.x(number);
        canvas.new_line();
        canvas.line(
            (place, area.bottom),
            (place, area.bottom + 4.0),
            GREY,
            "none",
        );
        canvas.text((place, area.bottom + 17.0), Anchor::Middle, &label);
    }
    let corner = (area.left, area.bottom);
    canvas.line(corner, (area.right, area.bottom), GREY, "none");
    canvas.line(corner, (area.left, area.top), GREY, "none");
    canvas.text(
        (area.right, area.bottom + 33.0),
        Anchor::End,
        &plot.x.title(),
    );
}

fn draw_series(canvas: &mut Canvas, series: &Series, index: usize, area: &Area) {
    let colour = SERIES[index % SERIES.len()];
    let places: Vec<(f64, f64)> = series
        .points
        .iter()
        .map(|point| area.place(*point))
        .collect();
    let places = thinned(&places);
    match series.kind {
        SeriesKind::Points => places.iter().for_each(|place| canvas.dot(*place, colour)),
        SeriesKind::Line => canvas.polyline(&places, colour, dashes(index)),
        SeriesKind::Step => {
            let mut corners = Vec::with_capacity(places.len() * 2);
            for pair in places.windows(2) {
                corners.extend([pair[0], (pair[1].0, pair[0].1)]);
            }
            corners.extend(places.last());
            canvas.polyline(&corners, colour, dashes(index));
        }
    }
}

/// Returns the points that can be seen: in each column of pixels the first, the lowest, the highest
/// and the last one.
fn thinned(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut seen = Vec::new();
    for column in places.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let mut kept: Vec<usize> = [0, column.len() - 1]
            .into_iter()
            .chain((0..column.len()).min_by(|a, b| column[*a].1.total_cmp(&column[*b].1)))
            .chain((0..column.len()).max_by(|a, b| column[*a].1.total_cmp(&column[*b].1)))
            .collect();
        kept.sort_unstable();
        kept.dedup();
        seen.extend(kept.into_iter().map(|index| column[index]));
    }
    seen
}

struct Entry {
    mark: Mark,
    text: String,
}

#[derive(Clone, Copy)]
enum Mark {
    Series(usize, SeriesKind),
    Limit,
    Band,
}

fn legend_entries(plot: &Plot) -> Vec<Entry> {
    let series = plot.series();
    let series = series
        .iter()
        .enumerate()
        .filter(|(_, series)| !series.name.is_empty())
        .map(|(index, series)| Entry {
            mark: Mark::Series(index, series.kind),
            text: series.name.clone(),
        });
    let limits = plot.limits.iter().map(|limit| Entry {
        mark: Mark::Limit,
        text: format!(
            "{} ({})",
            limit.label,
            plot.y.with_unit(&short(limit.value))
        ),
    });
    let bands = plot.bands.iter().map(|band| Entry {
        mark: Mark::Band,
        text: format!(
            "{} ({} to {})",
            band.label,
            short(band.from),
            plot.x.with_unit(&short(band.to))
        ),
    });
    series.chain(limits).chain(bands).collect()
}

/// Breaks the legend into rows that fit, with the place of each entry.
fn legend_rows(entries: &[Entry]) -> Vec<Vec<(f64, Mark, String)>> {
    let mut rows: Vec<Vec<(f64, Mark, String)>> = Vec::new();
    let mut left = f64::INFINITY;
    for entry in entries {
        let text = fitting(&entry.text, WIDTH - MARK - 3.0 * SPACE).into_owned();
        let size = MARK + 6.0 + width(&text) + 2.0 * SPACE;
        if left + size > WIDTH {
            rows.push(Vec::new());
            left = SPACE;
        }
        if let Some(row) = rows.last_mut() {
            row.push((left, entry.mark, text));
        }
        left += size;
    }
    rows
}

fn draw_legend(canvas: &mut Canvas, rows: &[Vec<(f64, Mark, String)>], top: f64) {
    for (index, row) in rows.iter().enumerate() {
        let base = top + index as f64 * LEGEND;
        for (left, mark, text) in row {
            canvas.new_line();
            let (from, to) = ((*left, base - 4.0), (left + MARK, base - 4.0));
            match mark {
                Mark::Series(index, SeriesKind::Points) => {
                    canvas.dot((left + MARK / 2.0, from.1), SERIES[index % SERIES.len()]);
                }
                Mark::Series(index, _) => {
                    let colour = SERIES[index % SERIES.len()];
                    canvas.polyline(&[from, to], colour, dashes(*index));
                }
                Mark::Limit => canvas.line(from, to, GREY, "6 4"),
                Mark::Band => {
                    canvas.rectangle((*left, base - 11.0), (MARK, 13.0), SERIES[1], 0.18, "");
                }
            }
            canvas.text((left + MARK + 6.0, base), Anchor::Start, text);
        }
    }
}
