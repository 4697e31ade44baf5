//! A timeline for the terminal.

mod lanes;
mod row;
mod scale;

use std::fmt::Write;

use crate::record::{Event, Nanos, Outcome, Recording};
use lanes::Lanes;
use scale::{Scale, grouped};

/// The columns of the labels on the left and of the line numbers on the right.
const LABEL: usize = 8;
const LINE: usize = 6;

/// The least and the largest useful width of the chart.
const NARROWEST: usize = 20;
const WIDEST: usize = 160;

/// A shorter start is shown.
const LONG_START: Nanos = 1_000_000_000;

/// Returns the recording as a chart of `width` columns: script, notable calls, members, faults and
/// pools on one time axis.
pub fn timeline_text(recording: &Recording, width: usize) -> String {
    let start = start_of(recording);
    let left_out = start > 0;
    let shown = match left_out {
        true => &recording.between(start, recording.duration),
        false => recording,
    };
    let chart = width
        .saturating_sub(LABEL + LINE + 2)
        .clamp(NARROWEST, WIDEST);
    let scale = Scale::new(shown.duration, chart);
    let mut text = format!("{:>LABEL$} {}\n", "ms", scale.axis());
    for lane in Lanes::of(shown, scale).all() {
        let label: String = lane.label.chars().take(LABEL - 1).collect();
        let line = lane
            .line
            .map(|line| format!(" {line:>5}"))
            .unwrap_or_default();
        let row = format!("{label:<LABEL$}▕{}▏{line}", lane.row.styled());
        // Writing into memory cannot fail.
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text.push_str(&summary(recording));
    if left_out {
        let ms = grouped(start as f64 / 1e6);
        let _ = writeln!(
            text,
            "the first {ms} ms, before the first command, are left out"
        );
    }
    text
}

/// Returns where the chart begins: at the first command, if starting servers took long before it.
fn start_of(recording: &Recording) -> Nanos {
    let first = recording.events.iter().find_map(|event| match event {
        Event::Command(command) => Some(command.begin),
        _ => None,
    });
    let is_long = |first: &Nanos| *first > LONG_START && *first > recording.duration / 4;
    first.filter(is_long).unwrap_or(0)
}

fn summary(recording: &Recording) -> String {
    let (mut calls, mut commands, mut failed, mut unknown, mut settled) = (0, 0, 0, 0, 0);
    for event in &recording.events {
        match event {
            Event::Call(_) => calls += 1,
            Event::Command(command) => {
                commands += 1;
                failed += usize::from(command.outcome == Outcome::Failed);
                unknown += usize::from(command.outcome == Outcome::Unknown);
                settled += usize::from(command.settled.is_some());
            }
            _ => {}
        }
    }
    let counted = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let mut text = format!(
        "{}, {}: {failed} failed, {unknown} with unknown outcome",
        counted(calls, "call"),
        counted(commands, "command")
    );
    if unknown > 0 {
        let _ = write!(text, " ({settled} settled later)");
    }
    text.push('\n');
    if let Some(note) = recording.note_about_dropped() {
        let _ = writeln!(text, "{note}");
    }
    text
}
