use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::ask::{QuestionResult, ask, compare};
use super::input::{Input, LessonCommand};
use super::new_words::new_words;
use super::options::LessonOptions;
use super::try_it::try_it;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::course::lesson::{CodeCell, Lesson, LessonPlace, LessonProgress, Question, Step};
use crate::diagnose::{explain, explain_usage};
use crate::error::ExitCode;
use crate::learn::course_screen::CourseScreen;
use crate::mongo::StopReason;
use crate::script::{LastValue, Outcome, Stepwise};

/// Plays one lesson.
pub struct Player<'a> {
    lesson: &'a Lesson,
    progress: &'a LessonProgress,
    session: &'a Session,
    stage: Stepwise<'a>,
    page: CourseScreen,
    input: Input,
    muted: Arc<AtomicBool>,
    place: LessonPlace,
    /// The prediction before this step, and the choice that the learner expects.
    expected: Option<(&'a Question, usize)>,
    /// What to say about the exercises and the next lesson at the end.
    what_next: Option<String>,
}

/// The step after the current one.
enum NextStep {
    Forward,
    Back,
    Again,
    Leave(ExitCode),
}

const HELP: &str = "\
- **Enter** (or space) runs the code that is shown; once it has run, it goes on to the next step
- **b** goes back one step; variables keep their values
- **s** skips the code; later steps may need what it creates
- **r** runs the code again, or shows the step again if it has no code
- **t** opens a prompt with the lesson's variables; an empty line goes back
- **q** quits; `seaworthy lesson` continues where you stopped";

impl<'a> Player<'a> {
    pub fn new(
        lesson: &'a Lesson,
        progress: &'a LessonProgress,
        session: &'a Session,
        page: CourseScreen,
        input: Input,
        muted: Arc<AtomicBool>,
    ) -> Self {
        Self {
            lesson,
            progress,
            session,
            stage: Stepwise::new(&lesson.source, session),
            page,
            input,
            muted,
            place: LessonPlace::default(),
            expected: None,
            what_next: None,
        }
    }

    /// Ends the lesson with what the learner does next.
    #[must_use]
    pub fn with_next(mut self, what_next: Option<String>) -> Self {
        self.what_next = what_next;
        self
    }

    /// Plays the lesson from the learner's last step.
    pub fn play(&mut self, options: &LessonOptions) -> ExitCode {
        let kept = self.progress.place(&self.lesson.name);
        let done = kept.done;
        let is_same_lesson = kept.of == self.lesson.steps.len() && kept.next < kept.of;
        if !options.restart && !self.input.is_unattended() && is_same_lesson {
            self.place = kept;
        }
        self.place.done = done;
        self.place.of = self.lesson.steps.len();
        // A closed output ends the lesson without an error, as in scripts.
        self.catch_up()
            .and_then(|()| self.steps())
            .unwrap_or(ExitCode::DONE)
    }

    fn steps(&mut self) -> io::Result<ExitCode> {
        let mut at = self.place.next;
        let lesson = self.lesson;
        while let Some(step) = lesson.steps.get(at) {
            let far = format!("step {} of {}", at + 1, self.lesson.steps.len());
            self.page.rule(&far)?;
            let turn = match step {
                Step::Part { prose, code } => self.part(at, prose, code.as_ref())?,
                Step::Question(question) => self.question(at, question)?,
            };
            match turn {
                NextStep::Forward => at += 1,
                NextStep::Back => at = at.saturating_sub(1),
                NextStep::Again => {}
                NextStep::Leave(code) => {
                    if !self.input.is_unattended() {
                        self.page.remark(&format!(
                            "Stopped at {far}. `seaworthy lesson {}` continues here.",
                            self.lesson
                                .label()
                                .unwrap_or_else(|| self.lesson.name.clone())
                        ))?;
                    }
                    return Ok(code);
                }
            }
            if matches!(step, Step::Part { .. }) {
                self.expected = None;
            }
            self.place.next = at;
            if at < self.lesson.steps.len() {
                self.keep();
            }
        }
        self.finish()
    }

    fn finish(&mut self) -> io::Result<ExitCode> {
        self.place.done = true;
        // Next time, start at the beginning.
        self.place.next = 0;
        self.place.ran.clear();
        self.keep();
        let questions = self.lesson.questions();
        let answered = match (self.input.is_unattended(), questions) {
            (true, _) | (_, 0) => String::new(),
            _ => format!(
                " {} of {questions} questions answered right at the first try.",
                self.place.right.len()
            ),
        };
        self.page.rule("end")?;
        self.page
            .remark(&format!("That was “{}”.{answered}", self.lesson.title))?;
        if let Some(next) = self
            .what_next
            .as_ref()
            .filter(|_| !self.input.is_unattended())
        {
            self.page.remark(next)?;
        }
        Ok(ExitCode::DONE)
    }

    /// Runs the earlier steps again without output, to restore their variables.
    fn catch_up(&mut self) -> io::Result<()> {
        let earlier: Vec<&CodeCell> = self
            .place
            .ran
            .iter()
            .filter(|step| **step < self.place.next)
            .filter_map(|step| match self.lesson.steps.get(*step) {
                Some(Step::Part { code, .. }) => code.as_ref(),
                _ => None,
            })
            .collect();
        if self.place.next == 0 {
            return Ok(());
        }
        self.page.remark(&format!(
            "Continuing “{}”; `--restart` starts from the beginning.",
            self.lesson.title
        ))?;
        if earlier.is_empty() {
            return Ok(());
        }
        self.page.remark(match earlier.len() {
            1 => "Running the earlier step again without output, to restore its variables …".to_owned(),
            count => format!("Running the {count} earlier steps again without output, to restore their variables …"),
        }.as_str())?;
        self.muted.store(true, Ordering::Relaxed);
        for code in earlier {
            let outcome = self.stage.step(
                &self.lesson.source,
                &code.text,
                code.line,
                LastValue::Dropped,
            );
            if let Some(failure) = &outcome.failure {
                self.page.report(&explain(failure));
                self.page.remark("That step failed this time. Later steps may miss its variables. `--restart` starts from the beginning.")?;
            }
            if self.left(&outcome).is_some() {
                break;
            }
        }
        self.muted.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn part(&mut self, at: usize, prose: &str, code: Option<&CodeCell>) -> io::Result<NextStep> {
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
            self.page.code(&code.text, code.line)?;
        }
        let mut waiting = code;
        loop {
            let menu = match (waiting.is_some(), code.is_some()) {
                (true, _) => "Enter run · s skip · b back · t try it yourself · q quit · ? help",
                (false, true) => {
                    "Enter next · r run again · b back · t try it yourself · q quit · ? help"
                }
                (false, false) => "Enter next · b back · t try it yourself · q quit · ? help",
            };
            match self.command(menu)? {
                LessonCommand::Continue => match waiting.take() {
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
                LessonCommand::Repeat => match code {
                    None => return Ok(NextStep::Again),
                    Some(code) => {
                        waiting = None;
                        if let Some(turn) = self.run(at, code)? {
                            return Ok(turn);
                        }
                    }
                },
                LessonCommand::Skip => return Ok(NextStep::Forward),
                LessonCommand::Back => return Ok(NextStep::Back),
                LessonCommand::Try => {
                    try_it(&mut self.stage, self.session, &self.page, &mut self.input)?;
                }
                LessonCommand::Help => self.page.prose(HELP)?,
                LessonCommand::Quit => return Ok(NextStep::Leave(self.why_quit())),
                LessonCommand::Other(typed) => {
                    self.page.remark(&format!(
                        "`{typed}` is not a command; ? lists the commands."
                    ))?;
                }
            }
        }
    }

    fn question(&mut self, at: usize, question: &'a Question) -> io::Result<NextStep> {
        Ok(match ask(question, &self.page, &mut self.input)? {
            QuestionResult::Right { at_once } => {
                if at_once && !self.place.right.contains(&at) {
                    self.place.right.push(at);
                }
                NextStep::Forward
            }
            QuestionResult::Expected(choice) => {
                self.expected = Some((question, choice));
                NextStep::Forward
            }
            QuestionResult::Command(LessonCommand::Back) => NextStep::Back,
            QuestionResult::Command(LessonCommand::Quit) => NextStep::Leave(self.why_quit()),
            QuestionResult::Command(LessonCommand::Repeat) => NextStep::Again,
            QuestionResult::Command(LessonCommand::Try) => {
                try_it(&mut self.stage, self.session, &self.page, &mut self.input)?;
                NextStep::Again
            }
            QuestionResult::Command(LessonCommand::Help) => {
                self.page.prose("Type the numbers of the right choices and Enter. **s** skips the question, **b** goes back, **t** opens a prompt, **q** quits.")?;
                NextStep::Again
            }
            QuestionResult::Command(_) => NextStep::Forward,
        })
    }

    /// Runs a step's code. Returns `Some` if that ends the lesson.
    fn run(&mut self, at: usize, code: &CodeCell) -> io::Result<Option<NextStep>> {
        let outcome = self.stage.step(
            &self.lesson.source,
            &code.text,
            code.line,
            LastValue::Dropped,
        );
        if let Some(code) = self.left(&outcome) {
            return Ok(Some(NextStep::Leave(code)));
        }
        if !self.place.ran.contains(&at) {
            self.place.ran.push(at);
            self.place.ran.sort_unstable();
            self.keep();
        }
        if outcome.failure.is_none() {
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
        Ok(None)
    }

    /// Reports a failure. Returns the exit code if the lesson ends: Ctrl-C, time limit, closed pipe.
    fn left(&self, outcome: &Outcome) -> Option<ExitCode> {
        if let Some(failure) = &outcome.failure
            && !self.muted.load(Ordering::Relaxed)
        {
            self.page.report(&explain(failure));
        }
        match self.session.ending()? {
            // `exit` in a lesson ends only that step's code.
            Termination::Exit(_) => None,
            _ => Some(outcome.exit),
        }
    }

    fn command(&mut self, menu: &str) -> io::Result<LessonCommand> {
        if self.input.is_unattended() {
            return Ok(self.input.command());
        }
        self.page.menu(menu)?;
        let command = self.input.command();
        self.page.menu_done(self.input.is_terminal())?;
        Ok(command)
    }

    fn why_quit(&self) -> ExitCode {
        match self.session.interrupt().stopped() {
            Some(StopReason::Interrupted) => ExitCode::INTERRUPTED,
            Some(StopReason::TimedOut) => ExitCode::TIMED_OUT,
            _ => ExitCode::DONE,
        }
    }

    /// Saves the learner's place; an error is only a warning.
    /// A run without keys is a demonstration and changes no progress.
    fn keep(&self) {
        if self.input.is_unattended() {
            return;
        }
        if let Err(error) = self.progress.keep(&self.lesson.name, &self.place) {
            self.page.report(&explain_usage(&error));
        }
    }
}
