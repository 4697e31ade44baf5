//! `seaworthy exercise watch`: runs the learner's file at every save; keys do everything else.

mod chooser;
mod full_check;
mod runs;
mod saves;
mod screen;

use std::time::{Duration, Instant};

use super::context::LearnerContext;
use super::{advice, attempt, verdict};
use crate::course::exercise::{Composed, LearnerFolder, Verdict};
use crate::diagnose::{explain, explain_usage};
use crate::error::{Error, ExitCode, Result};
use crate::mongo::Interrupt;
use crate::terminal::{CtrlC, Key, RawTerminal, Size, keys};
use chooser::{Chooser, ListAction};
use full_check::FullCheck;
use runs::{CheckRun, RunEvent};
use saves::SaveWatcher;
use screen::WatchView;

/// The poll interval for the file and the run.
const TICK: Duration = Duration::from_millis(40);

/// The delay before a run is shown as running. Without it, short runs make the screen flicker.
const SOON: Duration = Duration::from_millis(200);

/// The maximum wait at the end for a run to clean up.
const LEAVING: Duration = Duration::from_secs(2);

/// Watches until the learner leaves.
///
/// # Errors
/// `InvalidArgument` if there is no terminal, or the learner's folder cannot be used.
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
    // Show warnings about progress on the screen, not on stderr.
    context.has_screen = true;
    let switch = Interrupt::new(None);
    // First, because the signal handler restores the terminal's current state.
    context.host.leave_on_signals(&switch);
    let mut watch = Watch {
        saves: SaveWatcher::of(&learner_folder.file(context.exercise(at))),
        context,
        learner_folder,
        at,
        run: None,
        wants_run: false,
        shown: WatchView::default(),
        mode: ScreenMode::Exercise,
        asks_reset: false,
        draw_at: None,
        judged: None,
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
    saves: SaveWatcher,
    run: Option<CheckRun>,
    /// Whether to start a run as soon as the last one has cleaned up.
    wants_run: bool,
    shown: WatchView,
    mode: ScreenMode,
    asks_reset: bool,
    /// The last result, to draw it again after a resize: the exercise and its run.
    judged: Option<(usize, Composed, Verdict)>,
    draw_at: Option<Instant>,
    size: Size,
}

/// The content of the screen.
enum ScreenMode {
    Exercise,
    List(Chooser),
    FullCheck(FullCheck),
}

impl Watch<'_> {
    fn until_left(&mut self, switch: &Interrupt) -> Result<ExitCode> {
        let no_terminal = || Error::invalid_argument("the terminal cannot be read");
        let mut raw = Some(RawTerminal::on(CtrlC::Key).ok_or_else(no_terminal)?);
        loop {
            for key in keys::read_keys(TICK) {
                if key == Key::Letter('e') && matches!(self.mode, ScreenMode::Exercise) {
                    // Restore the terminal for the editor.
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

    /// Shows the exercise `at`, copies it if necessary, and runs it.
    fn go_to(&mut self, at: usize) -> Result<()> {
        attempt::begin(self.context, self.learner_folder, at)?;
        self.at = at;
        self.saves = SaveWatcher::of(&self.learner_folder.file(self.context.exercise(at)));
        self.mode = ScreenMode::Exercise;
        self.shown = WatchView::with_story();
        self.run_again();
        Ok(())
    }

    /// Cancels the current run and starts a new one.
    fn run_again(&mut self) {
        if let Some(run) = &mut self.run {
            run.cancel();
        }
        self.wants_run = true;
    }

    fn start(&mut self, at: usize) {
        let started = attempt::compose(self.context, self.learner_folder, at)
            .and_then(|composed| CheckRun::start(self.context, at, composed));
        match started {
            Ok(run) => {
                self.run = Some(run);
                if matches!(self.mode, ScreenMode::Exercise) {
                    self.shown.begin_run();
                    self.draw_soon();
                }
            }
            Err(error) => self.refused(at, &error),
        }
    }

    /// Shows that the file cannot be run.
    fn refused(&mut self, at: usize, error: &Error) {
        let view = self.context.page.view();
        if let ScreenMode::FullCheck(full_check) = &mut self.mode {
            full_check.add(at, Err(error.message().to_owned()));
        } else {
            self.shown.begin_run();
            self.shown.running = None;
            self.judged = None;
            let report = explain_usage(error).render(view.width);
            self.shown.verdict = Some(format!("{report}\n"));
        }
        self.draw_now();
    }

    fn look_at_file(&mut self) {
        let now = Instant::now();
        if self.saves.is_saved(now) {
            // Show the result of the saved file.
            self.mode = ScreenMode::Exercise;
            self.shown.story = false;
            self.shown.remark = None;
            self.asks_reset = false;
            self.run_again();
        } else if self.saves.is_gone(now) {
            self.shown.remark =
                Some("The file was deleted. Press r to copy the exercise again.".to_owned());
            self.draw_now();
        }
    }

    fn look_at_run(&mut self) {
        if let Some(mut run) = self.run.take() {
            let (news, is_over) = run.news();
            for news in news {
                self.handle_event(&run, news);
            }
            if !is_over {
                self.run = Some(run);
                return;
            }
        }
        if let ScreenMode::FullCheck(full_check) = &mut self.mode {
            if let Some(next) = full_check.next() {
                self.start(next);
                self.draw_now();
            }
        } else if std::mem::take(&mut self.wants_run) {
            self.start(self.at);
        }
    }

    fn handle_event(&mut self, run: &CheckRun, news: RunEvent) {
        let is_full_check = matches!(self.mode, ScreenMode::FullCheck(_));
        match news {
            RunEvent::Printed(_) | RunEvent::Started(_) if is_full_check => {}
            RunEvent::Printed(text) => {
                self.shown.printed(&text);
                self.draw_soon();
            }
            RunEvent::Started(what) => {
                self.shown.running = Some(format!("{what} …"));
                self.draw_soon();
            }
            RunEvent::Ended(verdict) => {
                self.ended(run, *verdict);
                self.draw_now();
            }
        }
    }

    fn ended(&mut self, run: &CheckRun, verdict: Verdict) {
        if verdict.is_solved {
            attempt::solved(self.context, run.at);
        }
        if let ScreenMode::FullCheck(full_check) = &mut self.mode {
            let failure = verdict.outcome.failure.as_ref();
            let why = failure.map_or_else(String::new, |failure| explain(failure).message);
            let result = if verdict.is_solved { Ok(()) } else { Err(why) };
            full_check.add(run.at, result);
            return;
        }
        // A recording that cannot be stored must not disturb the screen.
        let _ = self.context.host.finish_recording(run.recorder(), true);
        self.shown.running = None;
        self.shown.is_solved = verdict.is_solved;
        self.judged = Some((run.at, run.composed.clone(), verdict));
        self.show_verdict();
    }

    /// Wraps the last result to the width of the screen.
    fn show_verdict(&mut self) {
        if let Some((at, composed, judged)) = &self.judged {
            let (page, title) = (&self.context.page, &self.context.exercise(*at).title);
            self.shown.verdict = Some(verdict::text(judged, composed, title, page));
        }
    }

    /// Handles a key. Returns whether to leave.
    fn key(&mut self, key: Key) -> bool {
        if key == Key::Leave {
            return true;
        }
        self.draw_now();
        match &mut self.mode {
            ScreenMode::List(chooser) => {
                let count = self.context.course.exercises().len();
                match chooser.key(key, count) {
                    ListAction::Stay => {}
                    ListAction::Back => self.mode = ScreenMode::Exercise,
                    ListAction::Go(at) => self.try_to_go(at),
                }
                false
            }
            ScreenMode::FullCheck(_) => {
                self.mode = ScreenMode::Exercise;
                self.run_again();
                false
            }
            ScreenMode::Exercise => self.command(key),
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
                None => self.remark("All other exercises are solved."),
            },
            Key::Letter('h') => self.hint(),
            Key::Letter('s') => self.shown.story = !self.shown.story,
            Key::Letter('r') | Key::Enter => self.run_or_copy(),
            Key::Letter('l') => self.mode = ScreenMode::List(Chooser::at(self.at)),
            Key::Letter('c') => {
                if let Some(run) = &mut self.run {
                    run.cancel();
                }
                self.wants_run = false;
                self.mode =
                    ScreenMode::FullCheck(FullCheck::new(self.context, self.learner_folder));
            }
            Key::Letter('x') => {
                self.asks_reset = true;
                self.remark("Start again? y confirms, and keeps your file as a backup; any other key cancels.");
            }
            _ => {}
        }
        false
    }

    fn run_or_copy(&mut self) {
        // Copy a deleted file again.
        let file = self.learner_folder.file(self.context.exercise(self.at));
        match file.exists() {
            true => self.run_again(),
            false => self.try_to_go(self.at),
        }
    }

    fn try_to_go(&mut self, at: usize) {
        if let Err(error) = self.go_to(at) {
            self.mode = ScreenMode::Exercise;
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
                "There are no more hints. `{solution}` shows the solution."
            ));
        }
        self.shown.hints += 1;
        // Story and hints rarely fit on one screen; the key s shows the story again.
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
            if self.shown.verdict.is_some() {
                self.show_verdict();
            }
            self.draw_now();
        }
    }

    /// Draws the screen. Returns false if the output is closed.
    fn draw(&mut self) -> bool {
        self.draw_at = None;
        let text = match &self.mode {
            ScreenMode::Exercise => {
                screen::draw(&self.shown, self.context, self.learner_folder, self.at)
            }
            ScreenMode::List(chooser) => chooser.draw(self.context, self.at, self.size.rows.into()),
            ScreenMode::FullCheck(full_check) => full_check.draw(self.context),
        };
        self.context.page.screen(&text).is_ok()
    }

    /// Writes how to continue later.
    fn say_goodbye(&self) {
        let again = self.context.commands.exercise("watch");
        let words = verdict::quiet(&format!("`{again}` continues here."));
        let _ = self.context.page.write(&format!("\n{words}\n"));
    }
}
