//! Plots as text, for terminals.

use std::fmt::{self, Display, Formatter, Write};

use unicode_width::UnicodeWidthStr;

use super::axis::Scale;
use super::lanes_text;
use super::model::{Bar, Content, Plot};
use super::number::short;
use super::series::{Series, SeriesKind};

/// The length of the longest bar, in columns.
const LONGEST: f64 = 40.0;

/// The size of the area between the axes, in letters.
pub(super) const COLUMNS: usize = 60;
const ROWS: usize = 12;

/// One mark for each series; a plot with more series starts again.
const MARKS: [char; 6] = ['•', '+', 'x', 'o', '*', '#'];

impl Display for Plot {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let mut text = String::new();
        if !self.title.is_empty() {
            let _ = writeln!(text, "{}", self.title);
        }
        match &self.content {
            Content::Bars(bars) => draw_bars(&mut text, bars, &self.y.unit),
            Content::Lanes(lanes) => lanes_text::draw(&mut text, self, lanes),
            Content::Series(series) => draw_series(&mut text, self, series),
        }
        formatter.write_str(text.trim_end())
    }
}

fn draw_bars(text: &mut String, bars: &[Bar], unit: &str) {
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let names = bars.iter().map(|bar| bar.name.width()).max().unwrap_or(0);
    for Bar { name, value } in bars {
        let space = " ".repeat(names - name.width());
        let _ = write!(
            text,
            "{name}{space}  {} {}",
            bar(*value, most),
            short(*value)
        );
        if !unit.is_empty() {
            let _ = write!(text, " {unit}");
        }
        text.push('\n');
    }
}

/// Returns a bar in eighths of a column. A number above 0 has a visible bar.
fn bar(number: f64, most: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if number <= 0.0 || most <= 0.0 {
        return String::new();
    }
    let eighths = (number / most * LONGEST * 8.0).round().max(1.0) as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

fn draw_series(text: &mut String, plot: &Plot, series: &[Series]) {
    let (x, y) = (plot.x_scale(), plot.y_scale());
    let canvas = Canvas::new(plot, x, y);
    let ticks: Vec<(usize, String)> = y
        .ticks(4)
        .into_iter()
        .map(|(number, label)| (row(y, number), label))
        .collect();
    let margin = ticks.iter().map(|tick| tick.1.width()).max().unwrap_or(0);
    if !plot.y.title().is_empty() {
        let _ = writeln!(text, "{}", plot.y.title());
    }
    for (index, letters) in canvas.rows.iter().enumerate() {
        let tick = ticks.iter().find(|tick| tick.0 == index);
        let label = tick.map_or("", |tick| tick.1.as_str());
        let axis = if tick.is_some() { '┤' } else { '│' };
        let letters: String = letters.iter().collect();
        let _ = writeln!(text, "{label:>margin$} {axis}{}", letters.trim_end());
    }
    let _ = writeln!(text, "{:margin$} └{}", "", "─".repeat(COLUMNS));
    let _ = writeln!(text, "{:margin$}  {}", "", labels_below(x, &plot.x.title()));
    legend(text, plot, series);
}

/// Returns the line below the x axis: the numbers of its ends, and its title between.
pub(super) fn labels_below(x: Scale, title: &str) -> String {
    let (low, high) = (short(x.low), short(x.high));
    let between = COLUMNS.saturating_sub(low.width() + high.width());
    format!("{low}{title:^between$}{high}")
}

fn legend(text: &mut String, plot: &Plot, series: &[Series]) {
    let mut entries = Vec::new();
    if series.len() > 1 || series.iter().any(|series| !series.name.is_empty()) {
        for (series, mark) in series.iter().zip(MARKS.iter().cycle()) {
            entries.push(format!("{mark} {}", series.name));
        }
    }
    for limit in &plot.limits {
        let value = plot.y.with_unit(&short(limit.value));
        entries.push(format!("┄ {} ({value})", limit.label));
    }
    for band in &plot.bands {
        let to = plot.x.with_unit(&short(band.to));
        entries.push(format!("░ {} ({} to {to})", band.label, short(band.from)));
    }
    for entry in entries {
        let _ = writeln!(text, "  {entry}");
    }
}

struct Canvas {
    rows: Vec<Vec<char>>,
}

impl Canvas {
    fn new(plot: &Plot, x: Scale, y: Scale) -> Self {
        let mut canvas = Self {
            rows: vec![vec![' '; COLUMNS]; ROWS],
        };
        for band in &plot.bands {
            for column in column(x, band.from)..=column(x, band.to) {
                (0..ROWS).for_each(|row| canvas.rows[row][column] = '░');
            }
        }
        for limit in &plot.limits {
            canvas.rows[row(y, limit.value)].fill('┄');
        }
        for (series, mark) in plot.series().iter().zip(MARKS.iter().cycle()) {
            canvas.series(series, *mark, x, y);
        }
        canvas
    }

    fn series(&mut self, series: &Series, mark: char, x: Scale, y: Scale) {
        for point in &series.points {
            self.rows[row(y, point.1)][column(x, point.0)] = mark;
        }
        if series.kind == SeriesKind::Points {
            return;
        }
        for pair in series.points.windows(2) {
            let [from, to] = [pair[0], pair[1]];
            let (first, last) = (column(x, from.0), column(x, to.0));
            for column in first..last {
                let height = match series.kind {
                    SeriesKind::Step => from.1,
                    _ => {
                        let part = (column - first) as f64 / (last - first) as f64;
                        from.1 + (to.1 - from.1) * part
                    }
                };
                self.rows[row(y, height)][column] = mark;
            }
        }
    }
}

pub(super) fn column(x: Scale, number: f64) -> usize {
    (x.place(number) * (COLUMNS - 1) as f64).round() as usize
}

/// Returns the row of a number: 0 is at the top.
fn row(y: Scale, number: f64) -> usize {
    ROWS - 1 - (y.place(number) * (ROWS - 1) as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        assert_eq!(bar(2.0, 2.0), "█".repeat(40));
        assert_eq!(bar(1.0, 16.0), "██▌");
        assert_eq!(bar(0.001, 16.0), "▏");
        assert_eq!(bar(0.0, 0.0), "");
    }
}
