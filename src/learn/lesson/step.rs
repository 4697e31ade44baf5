//! One step of a lesson: its text, its code, and the keys.

use std::io;

use super::ask::compare;
use super::editor::edit_step;
use super::in_your_driver::in_your_driver;
use super::input::LessonCommand;
use super::new_words::new_words;
use super::player::{NextStep, Player};
use super::try_it::try_it;
use crate::course::lesson::{CodeCell, Step};
use crate::diagnose::explain_usage;
use crate::script::LastValue;

const HELP: &str = "\
- **Enter** (or space) runs the code that is shown; once it has run, it goes on to the next step
- **b** goes back one step; variables keep their values
- **s** skips the code; later steps may need what it creates
- **r** runs the code again, or shows the step again if it has no code
- **e** opens the code in your editor (`$VISUAL` or `$EDITOR`) and runs your version; **o** brings back the original
- **d** shows what the options of this step are called in your driver
- **t** opens a prompt with the lesson's variables; an empty line goes back
- **v** shows what the code did and when; **V** writes that timeline to a file
- **q** quits; `seaworthy lesson` continues where you stopped

An underlined word is in the glossary: press **t** and type `help(\"read concern\")`.";

impl<'a> Player<'a> {
    pub(super) fn part(
        &mut self,
        at: usize,
        prose: &str,
        code: Option<&'a CodeCell>,
    ) -> io::Result<NextStep> {
        self.page.collect();
        self.text(at, prose, code)?;
        let lines = self.page.collected();
        if let Some(turn) = self.page_by_page(&lines)? {
            return Ok(turn);
        }
        let mut waiting = code;
        loop {
            let edited = self.place.edits.contains_key(&at);
            let mut menu = match (waiting.is_some(), code.is_some()) {
                (true, _) => vec!["Enter run", "s skip", "b back", "e edit"],
                (false, true) => vec!["Enter next", "r run again", "b back", "e edit"],
                (false, false) => vec!["Enter next", "b back"],
            };
            if edited {
                menu.push("o original");
            }
            if waiting.is_none() && code.is_some() {
                menu.push("v timeline");
            }
            menu.extend(["t try it yourself", "q quit", "? help"]);
            let command = self.command(&menu)?;
            match (command, code) {
                (LessonCommand::Continue, _) => match waiting.take() {
                    None => return Ok(NextStep::Forward),
                    Some(code) => {
                        if let Some(turn) = self.run(at, code)? {
                            return Ok(turn);
                        }
                        if self.input.is_unattended() {
                            return Ok(NextStep::Forward);
                        }
                    }
                },
                (LessonCommand::Repeat | LessonCommand::Edit, None) => return Ok(NextStep::Again),
                (LessonCommand::Repeat, Some(code)) => {
                    waiting = None;
                    if let Some(turn) = self.run(at, code)? {
                        return Ok(turn);
                    }
                }
                (LessonCommand::Edit, Some(code)) => {
                    if self.edit(at, code)? {
                        waiting = None;
                        if let Some(turn) = self.run(at, code)? {
                            return Ok(turn);
                        }
                    }
                }
                (LessonCommand::Original, Some(code)) if edited => {
                    self.place.edits.remove(&at);
                    self.keep();
                    self.page.code(&code.text, code.line)?;
                    waiting = Some(code);
                }
                (LessonCommand::Original, _) => {
                    self.page.remark("This is the original code.")?;
                }
                (LessonCommand::Driver, _) => {
                    let text = code.map_or(String::new(), |code| code.text.clone());
                    self.page.prose(&in_your_driver(&text))?;
                }
                (LessonCommand::Skip, _) => {
                    if waiting.is_some() && !self.place.ran.contains(&at) {
                        self.skipped.push(at);
                    }
                    return Ok(NextStep::Forward);
                }
                (LessonCommand::Back, _) => return Ok(NextStep::Back),
                (LessonCommand::Try, _) => {
                    try_it(&mut self.stage, self.session, &self.page, &mut self.input)?;
                }
                (LessonCommand::Timeline, _) => self.timeline.show(&self.page)?,
                (LessonCommand::SaveTimeline, _) => {
                    self.timeline.save(&self.lesson.name, at + 1, &self.page)?;
                }
                (LessonCommand::Help, _) => self.page.prose(HELP)?,
                (LessonCommand::Quit, _) => return Ok(NextStep::Leave(self.why_quit())),
                (LessonCommand::Other(typed), _) => {
                    self.page.remark(&format!(
                        "`{typed}` is not a command; ? lists the commands."
                    ))?;
                }
            }
        }
    }

    /// Writes the text and the code of a step.
    fn text(&self, at: usize, prose: &str, code: Option<&CodeCell>) -> io::Result<()> {
        if !prose.is_empty() {
            self.page.prose(prose)?;
        }
        let new = new_words(self.lesson, at);
        if !new.is_empty() {
            self.page
                .prose(&format!("New in this step:\n\n{}", new.join("\n")))?;
        }
        if let Some(code) = code {
            if !code.title.is_empty() {
                self.page.prose(&format!("**{}**", code.title))?;
            }
            let text = self.code_of(at, code);
            self.page.code(&text, code.line)?;
            if text != code.text {
                self.page
                    .remark("This is your version; o brings back the original.\n")?;
            }
        }
        Ok(())
    }

    /// Writes a step that is longer than the screen in parts, so that its start can be read.
    fn page_by_page(&mut self, lines: &[String]) -> io::Result<Option<NextStep>> {
        // The line above the step and the line with the keys need room too.
        let room = self.page.rows().filter(|_| self.input.is_terminal());
        let room = room.map_or(usize::MAX, |rows| rows.saturating_sub(4).max(5));
        let mut rest = lines;
        while rest.len() > room {
            let (now, later) = rest.split_at(room);
            self.page.write_lines(now)?;
            match self.command(&["Enter more", "s show the rest", "b back", "q quit"])? {
                LessonCommand::Skip => break,
                LessonCommand::Back => return Ok(Some(NextStep::Back)),
                LessonCommand::Quit => return Ok(Some(NextStep::Leave(self.why_quit()))),
                _ => {}
            }
            rest = later;
        }
        self.page.write_lines(rest)?;
        Ok(None)
    }

    /// Opens the step in the editor. Returns whether there is code to run.
    fn edit(&mut self, at: usize, code: &CodeCell) -> io::Result<bool> {
        match edit_step(&self.editor, code, &self.code_of(at, code)) {
            Ok(text) if text == code.text => {
                self.place.edits.remove(&at);
            }
            Ok(text) => {
                self.page.code(&text, code.line)?;
                self.place.edits.insert(at, text);
            }
            Err(error) => {
                self.page.report(&explain_usage(&error));
                return Ok(false);
            }
        }
        self.keep();
        Ok(true)
    }

    /// Runs a step's code. Returns `Some` if that ends the lesson.
    fn run(&mut self, at: usize, code: &CodeCell) -> io::Result<Option<NextStep>> {
        let text = self.code_of(at, code);
        let source = &self.lesson.source;
        self.output.take();
        self.timeline.begin();
        let outcome = self
            .stage
            .step(source, &text, code.line, LastValue::Dropped);
        self.timeline.end();
        self.input.forget_typed();
        if let Some(code) = self.left(&outcome) {
            return Ok(Some(NextStep::Leave(code)));
        }
        self.skipped.retain(|step| *step != at);
        if !self.place.ran.contains(&at) {
            self.place.ran.push(at);
            self.place.ran.sort_unstable();
            self.keep();
        }
        if outcome.failure.is_none() {
            if !self.output.take() && !self.input.is_unattended() {
                self.page.remark("It ran, and printed nothing.")?;
            }
            self.page.write("\n")?;
            if let Some((question, expected)) = self.expected.take() {
                compare(question, expected, &self.page, &self.input)?;
            }
            return Ok(None);
        }
        if self.input.is_unattended() {
            return Ok(Some(NextStep::Leave(outcome.exit)));
        }
        self.page
            .remark("\nThat failed. Enter continues anyway, r runs it again, t opens a prompt.")?;
        if let Some(words) = self.skipped_before(at) {
            self.page.remark(&words)?;
        }
        Ok(None)
    }

    /// Names the skipped steps before this one, which it may need.
    fn skipped_before(&self, at: usize) -> Option<String> {
        let skipped = self.skipped.iter().filter(|step| **step < at);
        let names: Vec<String> = skipped
            .map(|step| match self.lesson.steps.get(*step) {
                Some(Step::Part {
                    code: Some(code), ..
                }) if !code.title.is_empty() => format!("{} (“{}”)", step + 1, code.title),
                _ => (step + 1).to_string(),
            })
            .collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!(
                "You skipped step {one}. This step may need it: b goes back."
            )),
            several => Some(format!(
                "You skipped the steps {}. This step may need them: b goes back.",
                several.join(", ")
            )),
        }
    }
}
