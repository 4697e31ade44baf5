use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::ask::{Answered, ask};
use super::input::{Input, Wish};
use super::options::LessonOptions;
use super::try_it::try_it;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::course::lesson::{CodeCell, Lesson, LessonProgress, Place, Question, Step};
use crate::diagnose::{explain, explain_usage};
use crate::error::ExitCode;
use crate::learn::course_screen::CourseScreen;
use crate::mongo::StopReason;
use crate::script::{LastValue, Outcome, Stepwise};

/// One lesson being played.
pub struct Player<'a> {
    lesson: &'a Lesson,
    progress: &'a LessonProgress,
    session: &'a Session,
    stage: Stepwise<'a>,
    page: CourseScreen,
    input: Input,
    muted: Arc<AtomicBool>,
    place: Place,
    /// Whether there is something to try it on afterwards.
    has_exercises: bool,
}

/// Where to go from a step.
enum Turn {
    On,
    Back,
    Again,
    Leave(ExitCode),
}

const HELP: &str = "\
- **Enter** (or space) runs the code that is shown; once it has run, it goes on to the next step
- **b** goes back a step; variables stay as they are
- **s** skips: the code does not run, and what it would have made is missing later
- **r** repeats: it runs the code once more, or shows the step again where there is none
- **t** try it yourself: a prompt with the lesson's variables; an empty line leads back
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
            place: Place::default(),
            has_exercises: false,
        }
    }

    /// Plays from where the learner stopped up to the end, or to where they stop now.
    pub fn play(&mut self, options: &LessonOptions) -> ExitCode {
        let kept = self.progress.place(&self.lesson.name);
        let done = kept.done;
        self.has_exercises = options.course.is_none() && !self.input.is_nobody();
        if !options.restart && !self.input.is_nobody() && kept.next < self.lesson.steps.len() {
            self.place = kept;
        }
        self.place.done = done;
        self.place.of = self.lesson.steps.len();
        // A reader that has gone ends the lesson like any script.
        self.catch_up()
            .and_then(|()| self.steps())
            .unwrap_or(ExitCode::DONE)
    }

    fn steps(&mut self) -> io::Result<ExitCode> {
        let mut at = self.place.next;
        while let Some(step) = self.lesson.steps.get(at) {
            let far = format!("step {} of {}", at + 1, self.lesson.steps.len());
            self.page.rule(&far)?;
            let turn = match step {
                Step::Part { prose, code } => self.part(at, prose, code.as_ref())?,
                Step::Question(question) => self.question(at, question)?,
            };
            match turn {
                Turn::On => at += 1,
                Turn::Back => at = at.saturating_sub(1),
                Turn::Again => {}
                Turn::Leave(code) => {
                    if !self.input.is_nobody() {
                        self.page.remark(&format!(
                            "Stopped at {far}. `seaworthy lesson {}` continues here.",
                            self.lesson
                                .number()
                                .map_or(self.lesson.name.clone(), |number| number.to_string())
                        ))?;
                    }
                    return Ok(code);
                }
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
        // The next time begins at the start.
        self.place.next = 0;
        self.place.ran.clear();
        self.keep();
        let questions = self.lesson.questions();
        let answered = match (self.input.is_nobody(), questions) {
            (true, _) | (_, 0) => String::new(),
            _ => format!(
                " {} of {questions} questions answered at once.",
                self.place.right.len()
            ),
        };
        self.page.rule("end")?;
        self.page
            .remark(&format!("That was “{}”.{answered}", self.lesson.title))?;
        if self.has_exercises {
            self.page
                .remark("`seaworthy exercises` lists what to try it on.")?;
        }
        Ok(ExitCode::DONE)
    }

    /// Runs the earlier steps again, quietly: the variables of another day are gone.
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
            "Continuing “{}”; `--restart` would begin anew.",
            self.lesson.title
        ))?;
        if earlier.is_empty() {
            return Ok(());
        }
        self.page.remark(match earlier.len() {
            1 => "Running the step you have seen once more, quietly, for its variables …".to_owned(),
            count => format!("Running the {count} steps you have seen once more, quietly, for their variables …"),
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
                self.page.remark("That failed this time; what follows may miss its variables. `--restart` begins anew.")?;
            }
            if self.left(&outcome).is_some() {
                break;
            }
        }
        self.muted.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn part(&mut self, at: usize, prose: &str, code: Option<&CodeCell>) -> io::Result<Turn> {
        if !prose.is_empty() {
            self.page.prose(prose)?;
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
            match self.wish(menu)? {
                Wish::On => match waiting.take() {
                    None => return Ok(Turn::On),
                    Some(code) => {
                        if let Some(turn) = self.run(at, code)? {
                            return Ok(turn);
                        }
                        if self.input.is_nobody() {
                            return Ok(Turn::On);
                        }
                    }
                },
                Wish::Repeat => match code {
                    None => return Ok(Turn::Again),
                    Some(code) => {
                        waiting = None;
                        if let Some(turn) = self.run(at, code)? {
                            return Ok(turn);
                        }
                    }
                },
                Wish::Skip => return Ok(Turn::On),
                Wish::Back => return Ok(Turn::Back),
                Wish::Try => try_it(&mut self.stage, self.session, &self.page, &mut self.input)?,
                Wish::Help => self.page.prose(HELP)?,
                Wish::Quit => return Ok(Turn::Leave(self.why_quit())),
                Wish::Other(typed) => {
                    self.page
                        .remark(&format!("`{typed}` means nothing here; ? lists what does."))?;
                }
            }
        }
    }

    fn question(&mut self, at: usize, question: &Question) -> io::Result<Turn> {
        Ok(match ask(question, &self.page, &mut self.input)? {
            Answered::Right { at_once } => {
                if at_once && !self.place.right.contains(&at) {
                    self.place.right.push(at);
                }
                Turn::On
            }
            Answered::Wish(Wish::Back) => Turn::Back,
            Answered::Wish(Wish::Quit) => Turn::Leave(self.why_quit()),
            Answered::Wish(Wish::Repeat) => Turn::Again,
            Answered::Wish(Wish::Try) => {
                try_it(&mut self.stage, self.session, &self.page, &mut self.input)?;
                Turn::Again
            }
            Answered::Wish(Wish::Help) => {
                self.page.prose("Type the numbers of the right choices and Enter. **s** skips the question, **b** goes back, **t** is a prompt, **q** quits.")?;
                Turn::Again
            }
            Answered::Wish(_) => Turn::On,
        })
    }

    /// Runs a step's code. Some turn, where it ends the lesson.
    fn run(&mut self, at: usize, code: &CodeCell) -> io::Result<Option<Turn>> {
        let outcome = self.stage.step(
            &self.lesson.source,
            &code.text,
            code.line,
            LastValue::Dropped,
        );
        if let Some(code) = self.left(&outcome) {
            return Ok(Some(Turn::Leave(code)));
        }
        if !self.place.ran.contains(&at) {
            self.place.ran.push(at);
            self.place.ran.sort_unstable();
            self.keep();
        }
        if outcome.failure.is_none() {
            self.page.write("\n")?;
            return Ok(None);
        }
        if self.input.is_nobody() {
            return Ok(Some(Turn::Leave(outcome.exit)));
        }
        self.page.remark("\nThat went wrong. Enter goes on all the same, r runs it again, t lets you look around.")?;
        Ok(None)
    }

    /// Shows why a piece failed, and says whether that ends the lesson: Ctrl-C, the time, a closed pipe.
    fn left(&self, outcome: &Outcome) -> Option<ExitCode> {
        if let Some(failure) = &outcome.failure
            && !self.muted.load(Ordering::Relaxed)
        {
            self.page.report(&explain(failure));
        }
        match self.session.ending()? {
            // A lesson's own `exit` ends that piece of code, and no more.
            Termination::Exit(_) => None,
            _ => Some(outcome.exit),
        }
    }

    fn wish(&mut self, menu: &str) -> io::Result<Wish> {
        if self.input.is_nobody() {
            return Ok(self.input.wish());
        }
        self.page.menu(menu)?;
        let wish = self.input.wish();
        self.page.menu_done(self.input.is_terminal())?;
        Ok(wish)
    }

    fn why_quit(&self) -> ExitCode {
        match self.session.interrupt().stopped() {
            Some(StopReason::Interrupted) => ExitCode::INTERRUPTED,
            Some(StopReason::TimedOut) => ExitCode::TIMED_OUT,
            _ => ExitCode::DONE,
        }
    }

    /// Keeps the place. A disk that is full is told, and stops nobody.
    fn keep(&self) {
        if let Err(error) = self.progress.keep(&self.lesson.name, &self.place) {
            self.page.report(&explain_usage(&error));
        }
    }
}
