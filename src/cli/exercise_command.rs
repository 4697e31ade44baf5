//! `seaworthy exercises` and `seaworthy exercise`.

use std::ffi::OsString;
use std::path::Path;

use super::session::{self, SharedLease};
use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer;
use super::timeline::{self, RecordingPlace, TimelineTarget};
use super::{changes, editor, signals, usage};
use crate::api::run::event::Output;
use crate::api::run::session::Session;
use crate::course::exercise::{Course, DatabaseLock, Exercise, ExerciseProgress};
use crate::diagnose::explain_usage;
use crate::error::{Error, ExitCode, Result};
use crate::learn::exercise::{self, CourseCommands, ExerciseOptions, LearnerContext};
use crate::learn::{CourseScreen, Host, ProgressFactory};
use crate::mongo::Interrupt;
use crate::record::Recorder;
use crate::render::Format;
use crate::render::Printer;
use crate::render::View;
use crate::server::Folders;

/// Runs a command about exercises.
pub(super) fn run(
    settings: &Settings,
    options: &ExerciseOptions,
    view: View,
    streams: Streams,
) -> ExitCode {
    let (course, progress) = match open(settings, options) {
        Ok(opened) => opened,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    if let Err(error) = timeline::check(&settings.timelines) {
        return usage::refuse(&error, view, streams);
    }
    let is_for_people = view.format == Format::Text;
    let is_terminal = streams.input_is_terminal && streams.out_is_terminal && is_for_people;
    let printer = printer(view, streams);
    let mut context = LearnerContext {
        host: Box::new(CourseHost {
            settings: settings.clone(),
            view,
            lease: SharedLease::default(),
            printer: printer.clone(),
        }),
        dir: options.dir.clone(),
        with_check: options.with_check,
        is_terminal,
        commands: CourseCommands::of(options.course.as_deref(), options.trust),
        page: CourseScreen::new(printer, view),
        course,
        progress,
        has_screen: false,
        warning: None,
    };
    let done = exercise::run(&mut context, options);
    done.unwrap_or_else(|error| {
        context.page.report(&explain_usage(&error));
        ExitCode::USAGE
    })
}

fn open(settings: &Settings, options: &ExerciseOptions) -> Result<(Course, ExerciseProgress)> {
    if settings.db.is_some() {
        return Err(
            Error::invalid_argument("every exercise has its own database").hint("leave out `--db`"),
        );
    }
    let course = match &options.course {
        Some(folder) => Course::in_folder(folder)?,
        None => Course::built_in()?,
    };
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned))?;
    folders.move_old_progress();
    let progress = ExerciseProgress::of(&course.id(), &folders.progress());
    Ok((course, progress))
}

/// Implements [`Host`] with the program's settings.
struct CourseHost {
    settings: Settings,
    view: View,
    /// The server that the runs of `watch` share.
    lease: SharedLease,
    printer: Printer,
}

impl CourseHost {
    /// Returns the settings for a recorded run of an exercise.
    fn recorded(&self, exercise: &Exercise) -> (Settings, Option<DatabaseLock>) {
        let (mut settings, lock) = session::for_exercise(&self.settings, exercise);
        let title = format!("exercise {}", exercise.name);
        settings.recorder = Some(Recorder::new(&title));
        (settings, lock)
    }
}

impl Host for CourseHost {
    fn open_run(
        &self,
        exercise: &Exercise,
        output: Output,
    ) -> Result<(Session, Option<DatabaseLock>)> {
        let (settings, lock) = self.recorded(exercise);
        let session = session::open_with(&settings, self.view, output)?;
        Ok((session, lock))
    }

    fn open_watched_run(
        &self,
        exercise: &Exercise,
        output: Output,
        progress: ProgressFactory,
    ) -> Result<(Session, Option<DatabaseLock>)> {
        let (settings, lock) = self.recorded(exercise);
        let lease = if exercise.own_server {
            SharedLease::default()
        } else {
            self.lease.clone()
        };
        let interrupt = session::switch(&settings);
        let session = session::open_on(&settings, interrupt, &lease, output, move |interrupt| {
            progress(interrupt)
        })?;
        Ok((session, lock))
    }

    fn finish_recording(&self, recorder: Option<&Recorder>, has_screen: bool) -> Result<()> {
        let Some(recorder) = recorder else {
            return Ok(());
        };
        let recording = recorder.recording();
        let saved = RecordingPlace::of(&self.settings).and_then(|place| place.save(&recording));
        if self.settings.timelines.is_empty() {
            // A recording that nobody asked for may be missing, for example on a full disk.
            return Ok(());
        }
        saved?;
        let mut targets = self.settings.timelines.clone();
        targets.retain(|target| !has_screen || *target != TimelineTarget::Terminal);
        timeline::draw(&recording, &targets, self.view, &self.printer)
    }

    fn check_changes(&self, exercise: &str) -> Result<()> {
        changes::check(&self.settings, exercise, "an exercise")
    }

    fn open_editor(&self, file: &Path) -> Result<()> {
        editor::open(&self.settings.server.environment, file)
    }

    fn home(&self) -> Option<OsString> {
        let environment = &self.settings.server.environment;
        environment.get("HOME").map(ToOwned::to_owned)
    }

    fn end_on_signals(&self, interrupt: &Interrupt) {
        signals::watch(interrupt);
    }

    fn leave_on_signals(&self, interrupt: &Interrupt) {
        signals::watch_prompt(interrupt);
    }
}
