//! The texts after a run of an exercise: its result, and what to do next.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::context::LearnerContext;
use crate::course::exercise::{Composed, Exercise, LearnerFolder, Verdict};
use crate::diagnose::explain;
use crate::learn::course_screen::CourseScreen;
pub(super) use crate::render::verdict::{quiet, solved_sign, unsolved_sign};
use crate::render::{self, Format, View, answered_json};

const QUIET: Style = AnsiColor::BrightBlack.on_default();
const BOLD: Style = Style::new().bold();

/// Returns the exercise's position in the course.
pub(super) fn place(context: &LearnerContext, at: usize) -> String {
    let place = format!(
        "{} · exercise {} of {} · {} solved",
        context.exercise(at).lecture,
        at + 1,
        context.course.exercises().len(),
        context.solved()
    );
    format!("{}\n", quiet(&place))
}

pub(super) fn title(context: &LearnerContext, at: usize) -> String {
    format!("{BOLD}{}{BOLD:#}\n", context.exercise(at).title)
}

/// Returns the result of a run in the chosen format.
pub(super) fn of(
    verdict: &Verdict,
    composed: &Composed,
    exercise: &Exercise,
    page: &CourseScreen,
) -> String {
    if page.view().format != Format::Json {
        return text(verdict, composed, &exercise.title, page);
    }
    let report = verdict.outcome.failure.as_ref().map(explain);
    let changed = composed.check_was_changed;
    let line = answered_json(exercise, verdict.is_solved, changed, report.as_ref());
    format!("{line}\n")
}

/// Returns whether it is solved, or what is still wrong.
pub(super) fn text(
    verdict: &Verdict,
    composed: &Composed,
    title: &str,
    page: &CourseScreen,
) -> String {
    let widths = (page.width(), page.view().width);
    render::verdict::text(verdict, composed, title, widths)
}

/// Returns the command for the first `help("…")` in the story.
pub(super) fn look_up(story: &str) -> Option<String> {
    let (_, rest) = story.split_once("help(\"")?;
    let (name, _) = rest.split_once("\")")?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_.: ".contains(letter);
    name.chars()
        .all(is_name)
        .then(|| format!("seaworthy eval 'help(\"{name}\")'"))
}

/// Returns a list of the next commands.
pub(super) fn next_steps(
    context: &LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
    is_solved: bool,
    is_new: bool,
) -> String {
    let exercise = context.exercise(at);
    let commands = &context.commands;
    let mut rows = Vec::new();
    if is_solved {
        match context.next_after(at) {
            Some(next) => rows.push((
                "Next",
                commands.exercise("next"),
                context.exercise(next).title.clone(),
            )),
            None => rows.push((
                "Next",
                "nothing: all exercises are solved".to_owned(),
                String::new(),
            )),
        }
        rows.push((
            "Compare",
            commands.exercise("solution"),
            "the course's solution".to_owned(),
        ));
    } else {
        rows.push((
            "Your file",
            link(&learner_folder.file(exercise), context.page.view()),
            // No note: the invisible address of a link would break the columns.
            String::new(),
        ));
        if is_new {
            rows.push((
                "Change it",
                "in your editor, where it says TODO".to_owned(),
                String::new(),
            ));
        }
        rows.push((
            "Again",
            commands.exercise(""),
            "runs it once more".to_owned(),
        ));
        rows.push((
            "Watch",
            commands.exercise("watch"),
            "runs it at every save".to_owned(),
        ));
        rows.push((
            "Timeline",
            "seaworthy timeline".to_owned(),
            "what this run did and when".to_owned(),
        ));
        if let Some(command) = look_up(&exercise.story) {
            rows.push(("Look up", command, String::new()));
        }
        let seen = context.progress.standing(&exercise.name).hints;
        match exercise.hints.len().saturating_sub(seen) {
            0 => rows.push((
                "Stuck?",
                commands.exercise("solution --anyway"),
                String::new(),
            )),
            left => rows.push((
                "Stuck?",
                commands.exercise("hint"),
                format!("{left} of {} left", exercise.hints.len()),
            )),
        }
    }
    // Only rows with a note need a column.
    let widest = rows
        .iter()
        .filter(|(_, command, note)| !note.is_empty() && command.len() < 50)
        .map(|(_, command, _)| command.len());
    let widest = widest.max().unwrap_or(0);
    let mut text = String::from("\n");
    for (what, command, note) in rows {
        let _ = match note.is_empty() {
            true => writeln!(text, "  {QUIET}{what:<10}{QUIET:#}{command}"),
            false => writeln!(
                text,
                "  {QUIET}{what:<10}{QUIET:#}{command:<widest$}  {QUIET}{note}{QUIET:#}"
            ),
        };
    }
    text
}

/// Returns a file's name as a terminal hyperlink.
pub(super) fn link(file: &Path, view: View) -> String {
    let name = file.display();
    if !view.out_colour {
        return name.to_string();
    }
    let mut address = String::from("file://");
    for byte in file.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            address.push(char::from(*byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    format!("\x1b]8;;{address}\x1b\\{name}\x1b]8;;\x1b\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Target;

    #[test]
    fn help_calls_in_a_story_become_commands() {
        let command = look_up("Look at lesson 1, and at `help(\"retry\")`.");
        assert_eq!(command.as_deref(), Some("seaworthy eval 'help(\"retry\")'"));
        assert_eq!(look_up("help(\"it's\")"), None);
        assert_eq!(look_up("nothing"), None);
    }

    #[test]
    fn a_file_path_is_a_terminal_link() {
        let mut view = View {
            format: Format::Text,
            target: Target::Terminal,
            colour: true,
            out_colour: true,
            errors_are_terminal: true,
            width: 80,
        };
        let file = Path::new("/home/ada/my files/01_é.rhai");
        assert_eq!(
            link(file, view),
            "\x1b]8;;file:///home/ada/my%20files/01_%C3%A9.rhai\x1b\\/home/ada/my files/01_é.rhai\x1b]8;;\x1b\\"
        );
        view.out_colour = false;
        assert_eq!(link(file, view), "/home/ada/my files/01_é.rhai");
    }
}
