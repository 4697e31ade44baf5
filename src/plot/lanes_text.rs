//! Operations in lanes, as text for terminals.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::axis::Scale;
use super::lane::{Lane, LaneOutcome};
use super::model::{Band, Plot};
use super::number::short;
use super::text::{COLUMNS, column, labels_below};

/// More bands are only counted.
const MOST_BANDS: usize = 12;

/// Draws a row for each lane. Where operations share a column, the worst outcome is shown.
pub(super) fn draw(text: &mut String, plot: &Plot, lanes: &[Lane]) {
    let scale = plot.x_scale();
    let margin = lanes.iter().map(|lane| lane.name.width()).max();
    let margin = margin.unwrap_or(0);
    for lane in lanes {
        let letters: String = row(lane, &plot.bands, scale).into_iter().collect();
        let space = " ".repeat(margin - lane.name.width());
        let _ = writeln!(text, "{}{space} │{}", lane.name, letters.trim_end());
    }
    let _ = writeln!(text, "{:margin$} └{}", "", "─".repeat(COLUMNS));
    let _ = writeln!(
        text,
        "{:margin$}  {}",
        "",
        labels_below(scale, &plot.x.title())
    );
    let counts = LaneOutcome::ALL.map(|outcome| {
        let count = lanes.iter().map(|lane| lane.count(outcome)).sum::<usize>();
        format!("{} {} ({count})", letter(outcome), outcome.name())
    });
    let _ = writeln!(text, "  {}", counts.join("   "));
    for band in plot.bands.iter().take(MOST_BANDS) {
        let to = plot.x.with_unit(&short(band.to));
        let _ = writeln!(text, "  ░ {} ({} to {to})", band.label, short(band.from));
    }
    if let Some(more @ 1..) = plot.bands.len().checked_sub(MOST_BANDS) {
        let _ = writeln!(text, "  ░ and {more} more");
    }
}

fn row(lane: &Lane, bands: &[Band], scale: Scale) -> Vec<char> {
    let mut letters = vec![' '; COLUMNS];
    for band in bands {
        letters[column(scale, band.from)..=column(scale, band.to)].fill('░');
    }
    for operation in lane.drawn() {
        let columns = column(scale, operation.from)..=column(scale, operation.to);
        letters[columns].fill(letter(operation.outcome));
    }
    letters
}

fn letter(outcome: LaneOutcome) -> char {
    match outcome {
        LaneOutcome::Ok => '█',
        LaneOutcome::Failed => 'x',
        LaneOutcome::Unknown => '?',
    }
}

#[cfg(test)]
mod tests {
    use crate::plot::{Axis, Band, Content, Lane, LaneOperation, LaneOutcome, Plot};

    #[test]
    fn the_worst_outcome_of_a_column_is_shown() {
        let operation = |from, to, outcome| LaneOperation {
            label: String::new(),
            from,
            to,
            outcome,
        };
        let lane = |name: &str, operations| Lane {
            name: name.into(),
            operations,
        };
        let plot = Plot {
            title: "history".into(),
            x: Axis::new("time", "ms"),
            y: Axis::default(),
            content: Content::Lanes(vec![
                lane(
                    "task 1",
                    vec![
                        operation(20.0, 30.0, LaneOutcome::Unknown),
                        operation(0.0, 25.0, LaneOutcome::Ok),
                    ],
                ),
                lane("task 10", vec![operation(40.0, 59.0, LaneOutcome::Failed)]),
            ]),
            bands: vec![Band {
                label: "kill m0".into(),
                from: 15.0,
                to: 45.0,
            }],
            limits: Vec::new(),
        };
        let expected = "\
history
task 1  │████████████████████???????????░░░░░░░░░░░░░░░
task 10 │               ░░░░░░░░░░░░░░░░░░░░░░░░░xxxxxxxxxxxxxxxxxxxx
        └────────────────────────────────────────────────────────────
         0                        time (ms)                        59
  █ ok (1)   x failed (1)   ? unknown (1)
  ░ kill m0 (15 to 45 ms)";
        assert_eq!(plot.to_string(), expected);
        let words = "task 1: 2 operations, 1 unknown; task 10: 1 operation, 1 failed; kill m0 from 15 to 45 ms";
        assert_eq!(plot.description(), words);
    }
}
