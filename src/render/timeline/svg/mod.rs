//! A timeline as one picture: the script and its tasks, the commands, the pools, the members, and
//! the faults through all of them.

mod lanes;
mod picture;
mod slice;

use super::time::shown;
use crate::record::{Event, Outcome, Recording};
use lanes::Lanes;
use picture::Picture;

/// Returns the picture as one `<svg>` element.
pub fn svg(recording: &Recording) -> String {
    let lanes = Lanes::of(recording);
    let title = format!("Timeline of {}", recording.title);
    let mut picture = Picture::new(
        &title,
        &description(recording),
        lanes.height(),
        recording.duration,
    );
    if let Some(note) = recording.note_about_dropped() {
        picture.note(&note);
    }
    for fault in &lanes.faults {
        picture.band(fault);
    }
    lanes.draw(&mut picture);
    picture.finish()
}

/// Returns the picture in words.
fn description(recording: &Recording) -> String {
    let outcomes = recording.events.iter().filter_map(|event| match event {
        Event::Call(call) => Some(call.outcome),
        _ => None,
    });
    let (mut all, mut failed, mut unknown) = (0, 0, 0);
    for outcome in outcomes {
        all += 1;
        failed += usize::from(outcome == Outcome::Failed);
        unknown += usize::from(outcome == Outcome::Unknown);
    }
    let time = shown(recording.duration);
    let mut text = format!("{time}; {all} calls, {failed} failed, {unknown} unknown");
    for event in &recording.events {
        if let Event::Fault(fault) = event {
            let until = fault.end.map_or("the end".to_owned(), shown);
            text.push_str(&format!(
                "; {} from {} to {until}",
                fault.name(),
                shown(fault.begin)
            ));
        }
    }
    text
}
