//! `seaworthy exercises` and `seaworthy exercise`: the learner's side of a course.

mod advice;
pub mod args;
mod attempt;
mod context;
pub mod folder;
mod list;
pub mod options;
mod verdict;
mod watch;

pub use options::{ExerciseOptions, Work};

use super::page::Page;
use super::settings::Settings;
use super::streams::{Streams, View};
use super::{changes, usage};
use crate::course::exercise::{Course, Progress};
use crate::error::{Error, ExitCode, Result};
use crate::render::Format;
use crate::server::Folders;
use context::{Commands, LearnerContext};

/// Lists the exercises, or does what was asked for with one of them.
pub fn run(
    settings: &Settings,
    options: &ExerciseOptions,
    view: View,
    streams: Streams,
) -> ExitCode {
    let (course, progress) = match open(settings, options) {
        Ok(opened) => opened,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let is_for_people = view.format == Format::Text;
    let is_terminal = streams.input_is_terminal && streams.out_is_terminal && is_for_people;
    let mut context = LearnerContext {
        settings: settings.clone(),
        dir: options.dir.clone(),
        is_terminal,
        commands: Commands::of(options.course.as_deref(), options.trust),
        page: Page::new(view.printer(streams), view),
        course,
        progress,
        has_screen: false,
        warning: None,
    };
    let done = work(&mut context, options);
    done.unwrap_or_else(|error| {
        context.page.report(&usage::report(&error));
        ExitCode::USAGE
    })
}

fn open(settings: &Settings, options: &ExerciseOptions) -> Result<(Course, Progress)> {
    if settings.db.is_some() {
        return Err(
            Error::invalid_argument("every exercise has a database of its own")
                .hint("leave out `--db`"),
        );
    }
    let course = match &options.course {
        Some(folder) => Course::in_folder(folder)?,
        None => Course::built_in()?,
    };
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned))?;
    folders.move_old_progress();
    let progress = Progress::of(&course.id(), &folders.progress());
    Ok((course, progress))
}

fn work(context: &mut LearnerContext, options: &ExerciseOptions) -> Result<ExitCode> {
    if options.work == Work::List {
        return Ok(list::list(context));
    }
    if context.is_for_programs() {
        for_programs(options.work)?;
    }
    let mut at = context.at(options)?;
    match options.work {
        Work::Hint => return advice::hint(context, at),
        Work::Solution { anyway } => return advice::solution(context, at, anyway),
        Work::Next { .. } => match context.next_after(at) {
            Some(next) => at = next,
            None if context.is_for_programs() => {
                return Err(Error::invalid_argument("every other exercise is solved")
                    .hint("name one to run it again"));
            }
            None => return Ok(advice::all_solved(context)),
        },
        _ => {}
    }
    let name = &context.course.exercises()[at].name;
    changes::check(&context.settings, name, "an exercise")?;
    let Some(learner_folder) = folder::learner_folder(context)? else {
        return Ok(ExitCode::INTERRUPTED);
    };
    match options.work {
        Work::Reset => advice::reset(context, &learner_folder, at),
        Work::Watch => watch::watch(context, &learner_folder, at),
        Work::Run { edit } | Work::Next { edit } => {
            attempt::once(context, &learner_folder, at, edit)
        }
        Work::List | Work::Hint | Work::Solution { .. } => Ok(ExitCode::DONE),
    }
}

/// Refuses what is only words for people.
fn for_programs(work: Work) -> Result<()> {
    let name = match work {
        Work::List | Work::Run { .. } | Work::Next { .. } => return Ok(()),
        Work::Hint => "hint",
        Work::Reset => "reset",
        Work::Solution { .. } => "solution",
        Work::Watch => "watch",
    };
    Err(
        Error::invalid_argument(format!("`exercise {name}` is for people and has no JSON"))
            .hint("leave out `--json`; `exercise --json` tells how a run went, `exercises --json` how far you came"),
    )
}
