//! `seaworthy exercises`: the exercises by lecture, with the learner's progress.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::context::LearnerContext;
use crate::error::ExitCode;

const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const QUIET: Style = AnsiColor::BrightBlack.on_default();

/// Writes the lectures with their exercises, and the next commands.
pub(super) fn list(context: &LearnerContext) -> ExitCode {
    if context.is_for_programs() {
        let _ = context.page.write(&format!("{}\n", json(context)));
        return ExitCode::DONE;
    }
    let current = context.progress.kept().current.as_deref();
    let mut text = String::new();
    let mut at = 0;
    for (lecture, exercises) in context.course.lectures() {
        let solved = exercises
            .iter()
            .filter(|exercise| context.progress.standing(&exercise.name).solved);
        let far = format!("{} of {}", solved.count(), exercises.len());
        let _ = writeln!(text, "{HEADING}{lecture}{HEADING:#}  {QUIET}{far}{QUIET:#}");
        for exercise in exercises {
            let standing = context.progress.standing(&exercise.name);
            let is_current = current == Some(exercise.name.as_str());
            let sign = match (standing.solved, is_current) {
                (true, _) => format!("{GOOD}✓{GOOD:#}"),
                (false, true) => "›".to_owned(),
                (false, false) => " ".to_owned(),
            };
            let label = exercise.label().unwrap_or_default();
            let mut notes = Vec::new();
            if is_current {
                notes.push("you are here".to_owned());
            }
            match standing.hints {
                0 => {}
                1 => notes.push("1 hint seen".to_owned()),
                count => notes.push(format!("{count} hints seen")),
            }
            let notes = if notes.is_empty() {
                String::new()
            } else {
                format!("  {QUIET}{}{QUIET:#}", notes.join(", "))
            };
            let _ = writeln!(text, "  {sign} {label:>2}  {}{notes}", exercise.title);
            at += 1;
        }
        text.push('\n');
    }
    text.push_str(&summary(context, at));
    // A closed pager is not an error.
    let _ = context.page.write(&text);
    ExitCode::DONE
}

/// Returns the list as JSON.
fn json(context: &LearnerContext) -> serde_json::Value {
    let current = context.progress.kept().current.as_deref();
    let exercises = context.course.exercises().iter().map(|exercise| {
        let standing = context.progress.standing(&exercise.name);
        json!({
            "exercise": exercise.name,
            "lecture": exercise.lecture,
            "title": exercise.title,
            "solved": standing.solved,
            "hints_seen": standing.hints,
            "current": current == Some(exercise.name.as_str()),
        })
    });
    json!({ "exercises": exercises.collect::<Vec<_>>() })
}

fn summary(context: &LearnerContext, count: usize) -> String {
    if count == 0 {
        return "This course has no exercises.\n".to_owned();
    }
    let solved = context.solved();
    if solved == count {
        return format!("All {count} are solved.\n");
    }
    let begin = context.commands.exercise("");
    let watch = context.commands.exercise("watch");
    let verb = if context.progress.kept().current.is_some() {
        "continues"
    } else {
        "starts"
    };
    format!(
        "{solved} of {count} solved. `{watch}` {verb} and runs your copy at every save;\n\
         `{begin}` runs it once. Add a number or a part of a name to choose another.\n"
    )
}
