//! `seaworthy lesson`: lists the lessons, or plays one step by step.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer as printer_for;
use super::timeline::RunTimeline;
use super::{changes, editor, session, signals, usage};
use crate::api::run::event::{Event, Output};
use crate::course::exercise::Course;
use crate::course::lesson::{Lesson, LessonProgress, Library};
use crate::error::{ExitCode, Result};
use crate::learn::CourseScreen;
use crate::learn::lesson::{Input, LessonOptions, Player, StepOutput, list, what_next};
use crate::render::pretty::pretty;
use crate::render::{Format, Target, View};
use crate::server::Folders;
use crate::terminal::{Size, fitting};

/// Lists the lessons, or plays one.
pub(super) fn run(
    settings: &Settings,
    options: &LessonOptions,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let (library, progress) = match open(settings, options) {
        Ok(opened) => opened,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let Some(name) = &options.name else {
        return list(&library, &progress, view, &mut streams.out);
    };
    let lesson = library.find(name).and_then(|lesson| {
        changes::check(settings, &lesson.name, "a lesson")?;
        Ok(lesson)
    });
    match lesson {
        Ok(lesson) => {
            let what_next = match options.course {
                Some(_) => None,
                None => Course::built_in()
                    .ok()
                    .map(|course| what_next(lesson, &library, &course)),
            };
            play(
                settings, options, lesson, &progress, what_next, view, streams,
            )
        }
        Err(error) => usage::refuse(&error, view, streams),
    }
}

fn open(settings: &Settings, options: &LessonOptions) -> Result<(Library, LessonProgress)> {
    let library = match &options.course {
        Some(folder) => Library::in_folder(folder)?,
        None => Library::built_in()?,
    };
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned))?;
    folders.move_old_progress();
    Ok((library, LessonProgress::in_folder(&folders.progress())))
}

fn play(
    settings: &Settings,
    options: &LessonOptions,
    lesson: &Lesson,
    progress: &LessonProgress,
    what_next: Option<String>,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let is_terminal = streams.input_is_terminal && streams.out_is_terminal;
    let started = RunTimeline::start(settings, &format!("lesson {}", lesson.name), true);
    let (settings, timeline) = match started {
        Ok(started) => started,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let typed = std::mem::replace(&mut streams.input, Box::new(std::io::empty()));
    let printer = printer_for(view, streams);
    let steps = StepOutput::default();
    let output = {
        let (printer, steps) = (printer.clone(), steps.clone());
        let updates = printer.updates();
        Output::new(move |event| {
            // Earlier steps that run again only to restore variables must not print.
            if steps.muted.load(Ordering::Relaxed) {
                return Ok(());
            }
            steps.note();
            printer.show(&fitted(event, view))
        })
        .with_updates(updates)
    };
    let session = match session::open_with(&settings, view, output) {
        Ok(session) => session,
        Err(error) => return view.refused(&error, &printer),
    };
    signals::watch(session.interrupt());
    let input = match (options.no_pause, is_terminal) {
        (true, _) => Input::unattended(),
        (false, true) => Input::terminal(session.interrupt()),
        (false, false) => Input::lines(typed),
    };
    let page = CourseScreen::new(printer.clone(), view);
    let environment = &settings.server.environment;
    let editor = Box::new(|file: &Path| editor::open(environment, file));
    let code = Player::new(lesson, progress, &session, page, input, steps, editor)
        .with_next(what_next)
        .play(options);
    let code = view.close(&printer, session.ending().is_some(), code);
    session.finish();
    timeline.finish(code, view, &printer)
}

/// Lays out a printed document that is wider than the terminal over several lines. Text stays as it
/// is.
fn fitted(event: Event, view: View) -> Event {
    let is_for_people = view.target == Target::Terminal && view.format == Format::Text;
    match event {
        Event::Print(value) if is_for_people && !value.is_string() => {
            // The terminal may have another size now.
            let width = fitting(Size::of(std::io::stdout()), view.width);
            if view.format.render(&value).chars().count() <= width {
                return Event::Print(value);
            }
            Event::Print(pretty(&value, width).into())
        }
        other => other,
    }
}
