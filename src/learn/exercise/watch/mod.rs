//! `seaworthy exercise watch`: the learner's file is run at every save; single keys do everything else.

mod chooser;
mod round;
mod runs;
mod saves;
mod screen;

use std::time::{Duration, Instant};

use super::context::LearnerContext;
use super::{advice, attempt, verdict};
use crate::course::exercise::{LearnerFolder, Verdict};
use crate::diagnose::{explain, explain_usage};
use crate::error::{Error, ExitCode, Result};
use crate::mongo::Interrupt;
use crate::terminal::{CtrlC, Key, RawTerminal, Size, keys};
use chooser::{Chooser, ListAction};
use round::Round;
use runs::{CheckRun, News};
use saves::Saves;
use screen::WatchView;

/// How often the file and the run are looked at while no key is pressed.
const TICK: Duration = Duration::from_millis(40);

/// A run that is over sooner is not announced: the screen would only flicker.
const SOON: Duration = Duration::from_millis(200);

/// How long whoever leaves waits at most for a run to clean up behind itself.
const LEAVING: Duration = Duration::from_secs(2);

/// Watches until the learner leaves.
///
/// # Errors
/// `InvalidArgument` where there is no terminal, or the learner's folder cannot be used.
pub(super) fn watch(
    context: &mut LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> Result<ExitCode> {
    if !context.is_terminal {
        let again = context.commands.exercise("");
        return Err(
            Error::invalid_argument("`watch` needs a terminal, for its keys")
                .hint(format!("`{again}` runs your file once")),
        );
    }
    // What cannot be kept is said on the screen, and not across it.
    context.has_screen = true;
    let switch = Interrupt::new(None);
    // Before the terminal is changed: that is how a signal leaves it.
    context.host.leave_on_signals(&switch);
    let mut watch = Watch {
        saves: Saves::of(&learner_folder.file(context.exercise(at))),
        context,
        learner_folder,
        at,
        run: None,
        wants_run: false,
        shown: WatchView::default(),
        face: Face::Exercise,
        asks_reset: false,
        draw_at: None,
        size: Size::default(),
    };
    watch.go_to(at)?;
    let left = watch.until_left(&switch);
    if let Some(run) = watch.run.take() {
        run.end(LEAVING);
    }
    left
}

struct Watch<'a> {
    context: &'a mut LearnerContext,
    learner_folder: &'a LearnerFolder,
    at: usize,
    saves: Saves,
    /// The server that runs share, so that it need not start at every save.
    run: Option<CheckRun>,
    /// Whether to run as soon as nothing of the last run is left.
    wants_run: bool,
    shown: WatchView,
    face: Face,
    asks_reset: bool,
    draw_at: Option<Instant>,
    size: Size,
}

/// What the screen is used for.
enum Face {
    Exercise,
    List(Chooser),
    Round(Round),
}

impl Watch<'_> {
    fn until_left(&mut self, switch: &Interrupt) -> Result<ExitCode> {
        let no_terminal = || Error::invalid_argument("the terminal gives no keys");
        let mut raw = Some(RawTerminal::on(CtrlC::Key).ok_or_else(no_terminal)?);
        loop {
            for key in keys::read_keys(TICK) {
                if key == Key::Letter('e') && matches!(self.face, Face::Exercise) {
                    // The editor has the terminal as it was.
                    drop(raw.take());
                    self.edit();
                    raw = Some(RawTerminal::on(CtrlC::Key).ok_or_else(no_terminal)?);
                    continue;
                }
                if self.key(key) {
                    drop(raw);
                    self.say_goodbye();
                    return Ok(ExitCode::DONE);
                }
            }
            if switch.stopped().is_some() {
                drop(raw);
                self.say_goodbye();
                return Ok(ExitCode::INTERRUPTED);
            }
            self.look_at_file();
            self.look_at_run();
            self.look_at_size();
            if self.draw_at.is_some_and(|at| at <= Instant::now()) && !self.draw() {
                return Ok(ExitCode::DONE);
            }
        }
    }

    /// Makes `at` the exercise on the screen, copied if need be, and runs it.
    fn go_to(&mut self, at: usize) -> Result<()> {
        attempt::begin(self.context, self.learner_folder, at)?;
        self.at = at;
        self.saves = Saves::of(&self.learner_folder.file(self.context.exercise(at)));
        self.face = Face::Exercise;
        self.shown = WatchView::with_story();
        self.run_again();
        Ok(())
    }

    /// Ends what runs, and runs the file as it is by then.
    fn run_again(&mut self) {
        if let Some(run) = &mut self.run {
            run.call_off();
        }
        self.wants_run = true;
    }

    fn start(&mut self, at: usize) {
        let started = attempt::compose(self.context, self.learner_folder, at)
            .and_then(|composed| CheckRun::start(self.context, at, composed));
        match started {
            Ok(run) => {
                self.run = Some(run);
                if matches!(self.face, Face::Exercise) {
                    self.shown.begin_run();
                    self.draw_soon();
                }
            }
            Err(error) => self.refused(at, &error),
        }
    }

    /// The file cannot be run at all.
    fn refused(&mut self, at: usize, error: &Error) {
        let view = self.context.page.view();
        if let Face::Round(round) = &mut self.face {
            round.add(at, Err(error.message().to_owned()));
        } else {
            self.shown.begin_run();
            self.shown.running = None;
            let report = explain_usage(error).render(view.width);
            self.shown.verdict = Some(format!("{report}\n"));
        }
        self.draw_now();
    }

    fn look_at_file(&mut self) {
        let now = Instant::now();
        if self.saves.is_saved(now) {
            // Whoever saves wants to see what comes of it.
            self.face = Face::Exercise;
            self.shown.story = false;
            self.shown.remark = None;
            self.asks_reset = false;
            self.run_again();
        } else if self.saves.is_gone(now) {
            self.shown.remark = Some("The file is gone: r copies the exercise again.".to_owned());
            self.draw_now();
        }
    }

    fn look_at_run(&mut self) {
        if let Some(mut run) = self.run.take() {
            let (news, is_over) = run.news();
            for news in news {
                self.hear(&run, news);
            }
            if !is_over {
                self.run = Some(run);
                return;
            }
        }
        if let Face::Round(round) = &mut self.face {
            if let Some(next) = round.next() {
                self.start(next);
                self.draw_now();
            }
        } else if std::mem::take(&mut self.wants_run) {
            self.start(self.at);
        }
    }

    fn hear(&mut self, run: &CheckRun, news: News) {
        let is_round = matches!(self.face, Face::Round(_));
        match news {
            News::Printed(_) | News::Started(_) if is_round => {}
            News::Printed(text) => {
                self.shown.printed(&text);
                self.draw_soon();
            }
            News::Started(what) => {
                self.shown.running = Some(format!("{what} …"));
                self.draw_soon();
            }
            News::Ended(verdict) => {
                self.ended(run, &verdict);
                self.draw_now();
            }
        }
    }

    fn ended(&mut self, run: &CheckRun, verdict: &Verdict) {
        if verdict.is_solved {
            attempt::solved(self.context, run.at);
        }
        let exercise = self.context.exercise(run.at);
        if let Face::Round(round) = &mut self.face {
            let failure = verdict.outcome.failure.as_ref();
            let why = failure.map_or_else(String::new, |failure| explain(failure).message);
            let result = if verdict.is_solved { Ok(()) } else { Err(why) };
            round.add(run.at, result);
            return;
        }
        self.shown.running = None;
        self.shown.is_solved = verdict.is_solved;
        self.shown.verdict = Some(verdict::text(
            verdict,
            &run.composed,
            &exercise.title,
            &self.context.page,
        ));
    }

    /// Does what a key asks for; whether that is to leave.
    fn key(&mut self, key: Key) -> bool {
        if key == Key::Leave {
            return true;
        }
        self.draw_now();
        match &mut self.face {
            Face::List(chooser) => {
                let count = self.context.course.exercises().len();
                match chooser.key(key, count) {
                    ListAction::Stay => {}
                    ListAction::Back => self.face = Face::Exercise,
                    ListAction::Go(at) => self.try_to_go(at),
                }
                false
            }
            Face::Round(_) => {
                self.face = Face::Exercise;
                self.run_again();
                false
            }
            Face::Exercise => self.command(key),
        }
    }

    fn command(&mut self, key: Key) -> bool {
        self.shown.remark = None;
        let asked_reset = std::mem::take(&mut self.asks_reset);
        match key {
            Key::Letter('q') => return true,
            Key::Letter('y') if asked_reset => self.reset(),
            Key::Letter('n') => match self.context.next_after(self.at) {
                Some(next) => self.try_to_go(next),
                None => self.remark("There is no other exercise that is not solved."),
            },
            Key::Letter('h') => self.hint(),
            Key::Letter('s') => self.shown.story = !self.shown.story,
            Key::Letter('r') | Key::Enter => self.run_or_copy(),
            Key::Letter('l') => self.face = Face::List(Chooser::at(self.at)),
            Key::Letter('c') => {
                if let Some(run) = &mut self.run {
                    run.call_off();
                }
                self.wants_run = false;
                self.face = Face::Round(Round::new(self.context, self.learner_folder));
            }
            Key::Letter('x') => {
                self.asks_reset = true;
                self.remark("Begin anew? y does it, and keeps what you wrote beside it; any other key does not.");
            }
            _ => {}
        }
        false
    }

    fn run_or_copy(&mut self) {
        // A file that the learner took away is copied again.
        let file = self.learner_folder.file(self.context.exercise(self.at));
        match file.exists() {
            true => self.run_again(),
            false => self.try_to_go(self.at),
        }
    }

    fn try_to_go(&mut self, at: usize) {
        if let Err(error) = self.go_to(at) {
            self.face = Face::Exercise;
            self.refused(at, &error);
        }
    }

    fn hint(&mut self) {
        let exercise = self.context.exercise(self.at);
        let (name, count) = (exercise.name.clone(), exercise.hints.len());
        if count == 0 {
            return self.remark("This exercise has no hints.");
        }
        if self.shown.hints == count {
            let solution = self.context.commands.exercise("solution --anyway");
            return self.remark(&format!(
                "That is all there is to hint. `{solution}` shows the solution."
            ));
        }
        self.shown.hints += 1;
        // Both seldom have room on one screen, and s brings the story back.
        self.shown.story = false;
        let seen = self.shown.hints;
        self.context.keep(|kept| {
            let standing = kept.exercises.entry(name.clone()).or_default();
            standing.hints = standing.hints.max(seen);
        });
    }

    fn reset(&mut self) {
        match advice::start_over(self.context, self.learner_folder, self.at) {
            Ok(words) => {
                self.saves.take();
                self.shown.hints = 0;
                self.run_again();
                self.remark(&words);
            }
            Err(error) => self.refused(self.at, &error),
        }
    }

    fn edit(&mut self) {
        let file = self.learner_folder.file(self.context.exercise(self.at));
        if let Err(error) = self.context.host.open_editor(&file) {
            let hint = error.hint_text().unwrap_or_default();
            self.shown.remark = Some(format!("{}; {hint}", error.message()));
        }
        self.draw_now();
    }

    fn remark(&mut self, words: &str) {
        self.shown.remark = Some(words.to_owned());
    }

    fn draw_now(&mut self) {
        self.draw_at = Some(Instant::now());
    }

    fn draw_soon(&mut self) {
        self.draw_at.get_or_insert(Instant::now() + SOON);
    }

    fn look_at_size(&mut self) {
        let size = Size::of(std::io::stdout()).unwrap_or(Size::USUAL);
        if size != self.size {
            self.size = size;
            self.context.page.fit(size.columns.into());
            self.draw_now();
        }
    }

    /// Whether there is still somebody to see it.
    fn draw(&mut self) -> bool {
        self.draw_at = None;
        let text = match &self.face {
            Face::Exercise => screen::draw(&self.shown, self.context, self.learner_folder, self.at),
            Face::List(chooser) => chooser.draw(self.context, self.at, self.size.rows.into()),
            Face::Round(round) => round.draw(self.context),
        };
        self.context.page.screen(&text).is_ok()
    }

    /// Leaves the screen as it is, with a line that tells how to come back.
    fn say_goodbye(&self) {
        let again = self.context.commands.exercise("watch");
        let words = verdict::quiet(&format!("`{again}` goes on here."));
        let _ = self.context.page.write(&format!("\n{words}\n"));
    }
}
