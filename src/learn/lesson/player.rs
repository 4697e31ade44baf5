use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::ask::{QuestionResult, ask};
use super::editor::StepEditor;
use super::input::{Input, LessonCommand};
use super::options::LessonOptions;
use super::step_output::StepOutput;
use super::step_timeline::StepTimeline;
use super::try_it::try_it;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::course::lesson::{CodeCell, Lesson, LessonPlace, LessonProgress, Question, Step};
use crate::diagnose::{explain, explain_usage};
use crate::error::ExitCode;
use crate::learn::course_screen::CourseScreen;
use crate::mongo::StopReason;
use crate::script::{Outcome, Stepwise};

/// Plays one lesson.
pub struct Player<'a> {
    pub(super) lesson: &'a Lesson,
    progress: &'a LessonProgress,
    pub(super) session: &'a Session,
    pub(super) stage: Stepwise<'a>,
    pub(super) page: CourseScreen,
    pub(super) input: Input,
    pub(super) output: StepOutput,
    pub(super) editor: StepEditor<'a>,
    pub(super) place: LessonPlace,
    /// The prediction before this step, and the choice that the learner expects.
    pub(super) expected: Option<(&'a Question, usize)>,
    /// The steps whose code the learner has skipped.
    pub(super) skipped: Vec<usize>,
    /// The timeline of the code that ran last.
    pub(super) timeline: StepTimeline,
    /// What to say about the exercises and the next lesson at the end.
    what_next: Option<String>,
}

/// The step after the current one.
pub(super) enum NextStep {
    Forward,
    Back,
    Again,
    Leave(ExitCode),
}

/// The longest time that is counted for one step.
const LONGEST_STEP: Duration = Duration::from_secs(600);

const QUESTION_HELP: &str = "Type the numbers of the right choices and Enter. **s** skips the question, **b** goes back, **t** opens a prompt, **q** quits.";

impl<'a> Player<'a> {
    pub fn new(
        lesson: &'a Lesson,
        progress: &'a LessonProgress,
        session: &'a Session,
        page: CourseScreen,
        input: Input,
        output: StepOutput,
        editor: StepEditor<'a>,
    ) -> Self {
        Self {
            lesson,
            progress,
            session,
            stage: Stepwise::new(&lesson.source, session),
            page,
            input,
            output,
            editor,
            place: LessonPlace::default(),
            expected: None,
            skipped: Vec::new(),
            timeline: StepTimeline::new(session.recorder().cloned()),
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
            self.page.fit_terminal();
            let far = format!("step {} of {}", at + 1, lesson.steps.len());
            self.page.rule(&far)?;
            let begun = Instant::now();
            let turn = match step {
                Step::Part { prose, code } => self.part(at, prose, code.as_ref())?,
                Step::Question(question) => self.question(at, question)?,
            };
            // A longer time is a break.
            self.place.seconds += begun.elapsed().min(LONGEST_STEP).as_secs();
            match turn {
                NextStep::Forward => at += 1,
                NextStep::Back => at = at.saturating_sub(1),
                NextStep::Again => {}
                NextStep::Leave(code) => {
                    if !self.input.is_unattended() {
                        let name = lesson.label().unwrap_or_else(|| lesson.name.clone());
                        self.page.remark(&format!(
                            "Stopped at {far}. `seaworthy lesson {name}` continues here."
                        ))?;
                    }
                    return Ok(code);
                }
            }
            if matches!(step, Step::Part { .. }) {
                self.expected = None;
            }
            self.place.next = at;
            if at < lesson.steps.len() {
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
        let seconds = std::mem::take(&mut self.place.seconds);
        self.place.took_minutes = Some(seconds.div_ceil(60));
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
            QuestionResult::Command(LessonCommand::Timeline) => {
                self.timeline.show(&self.page)?;
                NextStep::Again
            }
            QuestionResult::Command(LessonCommand::SaveTimeline) => {
                self.timeline.save(&self.lesson.name, at, &self.page)?;
                NextStep::Again
            }
            QuestionResult::Command(LessonCommand::Help) => {
                self.page.prose(QUESTION_HELP)?;
                NextStep::Again
            }
            QuestionResult::Command(_) => NextStep::Forward,
        })
    }

    /// Returns the code of a step: the learner's own version, or else that of the lesson.
    pub(super) fn code_of(&self, at: usize, code: &CodeCell) -> String {
        let edited = self.place.edits.get(&at);
        let edited = edited.filter(|_| !self.input.is_unattended());
        edited.unwrap_or(&code.text).clone()
    }

    /// Reports a failure. Returns the exit code if the lesson ends: Ctrl-C, time limit, closed pipe.
    pub(super) fn left(&self, outcome: &Outcome) -> Option<ExitCode> {
        if let Some(failure) = &outcome.failure
            && !self.output.muted.load(Ordering::Relaxed)
        {
            self.page.report(&explain(failure));
        }
        match self.session.ending()? {
            // `exit` in a lesson ends only that step's code.
            Termination::Exit(_) => None,
            _ => Some(outcome.exit),
        }
    }

    pub(super) fn command(&mut self, menu: &[&str]) -> io::Result<LessonCommand> {
        if self.input.is_unattended() {
            return Ok(self.input.command());
        }
        let is_terminal = self.input.is_terminal();
        self.page.menu(menu, is_terminal)?;
        let command = self.input.command();
        self.page.menu_done(is_terminal)?;
        Ok(command)
    }

    pub(super) fn why_quit(&self) -> ExitCode {
        match self.session.interrupt().stopped() {
            Some(StopReason::Interrupted) => ExitCode::INTERRUPTED,
            Some(StopReason::TimedOut) => ExitCode::TIMED_OUT,
            _ => ExitCode::DONE,
        }
    }

    /// Saves the learner's place; an error is only a warning.
    ///
    /// A run without keys is a demonstration and changes no progress.
    pub(super) fn keep(&self) {
        if self.input.is_unattended() {
            return;
        }
        if let Err(error) = self.progress.keep(&self.lesson.name, &self.place) {
            self.page.report(&explain_usage(&error));
        }
    }
}
