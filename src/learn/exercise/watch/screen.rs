use std::collections::VecDeque;
use std::fmt::Write;

use crate::course::exercise::LearnerFolder;
use crate::error::visible;
use crate::learn::exercise::advice;
use crate::learn::exercise::context::LearnerContext;
use crate::learn::exercise::verdict::{link, look_up, place, quiet, title};
use crate::render::wrapped;

/// The maximum number of output lines on the screen.
const MOST_LINES: usize = 200;

/// The content of the exercise screen.
#[derive(Default)]
pub(super) struct WatchView {
    /// Whether the story is shown.
    pub story: bool,
    /// The last lines of the script's output.
    output: VecDeque<String>,
    /// The number of earlier lines.
    left_out: usize,
    /// The state of the current run.
    pub running: Option<String>,
    pub verdict: Option<String>,
    pub is_solved: bool,
    /// The number of hints shown.
    pub hints: usize,
    /// A message about the last key.
    pub remark: Option<String>,
}

impl WatchView {
    /// Returns the first screen: the story, before any run.
    pub(super) fn with_story() -> Self {
        Self {
            story: true,
            ..Self::default()
        }
    }

    /// Clears the results of the last run at the start of a new one.
    pub(super) fn begin_run(&mut self) {
        self.output.clear();
        self.left_out = 0;
        self.verdict = None;
        self.is_solved = false;
        self.running = Some("running …".to_owned());
    }

    pub(super) fn printed(&mut self, text: &str) {
        self.output.extend(text.split('\n').map(plain));
        while self.output.len() > MOST_LINES {
            self.output.pop_front();
            self.left_out += 1;
        }
    }
}

/// Removes escape sequences, so that a script's output cannot overwrite the screen.
fn plain(line: &str) -> String {
    visible(&anstream::adapter::strip_str(line).to_string()).into_owned()
}

/// Returns the whole screen.
pub(super) fn draw(
    shown: &WatchView,
    context: &LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> String {
    let exercise = context.exercise(at);
    let width = context.page.width();
    let mut text = place(context, at);
    if shown.story {
        let task = context.page.rendered(&exercise.task(), width);
        let _ = write!(text, "\n{task}\n");
    } else {
        let _ = writeln!(text, "{}", title(context, at));
    }
    if shown.left_out > 0 {
        let _ = writeln!(
            text,
            "{}",
            quiet(&format!("… {} earlier lines", shown.left_out))
        );
    }
    for line in &shown.output {
        let _ = writeln!(text, "{line}");
    }
    if !shown.output.is_empty() {
        text.push('\n');
    }
    match (&shown.running, &shown.verdict) {
        (Some(running), _) => {
            let _ = writeln!(text, "{}", quiet(running));
        }
        (None, Some(verdict)) => text.push_str(verdict),
        (None, None) => {}
    }
    text.push('\n');
    if shown.hints > 0 {
        text.push_str(&advice::hints(context, at, shown.hints));
    }
    text.push_str(&whats_next(shown, context, learner_folder, at));
    for remark in shown.remark.iter().chain(&context.warning) {
        let _ = writeln!(text, "{}", wrapped(remark, width).join("\n"));
    }
    let _ = write!(text, "\n{}", menu(shown, context, at));
    text
}

fn whats_next(
    shown: &WatchView,
    context: &LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> String {
    let exercise = context.exercise(at);
    let file = link(&learner_folder.file(exercise), context.page.view());
    if !shown.is_solved {
        let words = quiet(if shown.story {
            "Look for TODO in this file, change it, save it:"
        } else {
            "Change this file and save it:"
        });
        let timeline = shown
            .verdict
            .as_ref()
            .map(|_| "seaworthy timeline".to_owned());
        let commands: String = timeline
            .into_iter()
            .chain(look_up(&exercise.story))
            .map(|command| format!("{} {command}\n", quiet("In another terminal:")))
            .collect();
        return format!("{words}\n  {file}\n{commands}");
    }
    let compare = format!(
        "`{}` shows the course's solution.",
        context.commands.exercise("solution")
    );
    match context.next_after(at) {
        Some(next) => format!(
            "Press n for the next: {}.\n{}\n",
            context.exercise(next).title,
            quiet(&compare)
        ),
        None => format!("All exercises are solved.\n{}\n", quiet(&compare)),
    }
}

fn menu(shown: &WatchView, context: &LearnerContext, at: usize) -> String {
    let hints = match context.exercise(at).hints.len().saturating_sub(shown.hints) {
        0 => "",
        _ => "h hint · ",
    };
    let story = if shown.story { "fold story" } else { "story" };
    let rows = format!(
        "n next · {hints}s {story} · r run again · e edit · l list · c check all · x reset · q quit"
    );
    quiet(&fold(&rows, context.page.width()))
}

/// Wraps the menu between commands.
fn fold(row: &str, width: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for part in row.split(" · ") {
        let last = lines.last_mut().filter(|last| {
            last.is_empty() || last.chars().count() + part.chars().count() + 3 <= width
        });
        match last {
            Some(last) if last.is_empty() => last.push_str(part),
            Some(last) => {
                let _ = write!(last, " · {part}");
            }
            None => lines.push(part.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_cannot_overwrite_the_screen() {
        let mut shown = WatchView::default();
        shown.printed("a\x1b[2J\rb\n\x1b]0;title\x07c\td");
        assert_eq!(shown.output, ["a\\u000db", "c\td"]);
        for count in 0..300 {
            shown.printed(&count.to_string());
        }
        assert_eq!((shown.output.len(), shown.left_out), (200, 102));
    }

    #[test]
    fn a_menu_wraps_between_commands() {
        assert_eq!(fold("a b · c d · e f", 9), "a b · c d\ne f");
        assert_eq!(fold("a b · c d", 2), "a b\nc d");
    }
}
