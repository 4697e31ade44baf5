//! Commands for exercises: run, hints, solutions, and the watch screen.

mod advice;
mod attempt;
mod context;
mod folder;
mod list;
mod options;
mod verdict;
mod watch;

pub use context::{CourseCommands, LearnerContext};
pub use folder::{FolderChoice, FolderQuestion, before_confinement};
pub use options::{ExerciseOptions, Work};

use crate::error::{Error, ExitCode, Result};

/// Runs a command about exercises.
///
/// # Errors
/// `InvalidArgument` if the options do not fit.
pub fn run(context: &mut LearnerContext, options: &ExerciseOptions) -> Result<ExitCode> {
    if options.work == Work::List {
        return Ok(list::list(context));
    }
    if context.is_for_programs() {
        for_programs(options.work)?;
    }
    let mut at = context.at(options)?;
    match options.work {
        Work::Hint => return advice::hint(context, at),
        Work::Solution { anyway, language } => {
            return advice::solution(context, at, anyway, language);
        }
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
    context.host.check_changes(name)?;
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

/// Rejects the commands that have no JSON output.
fn for_programs(work: Work) -> Result<()> {
    let name = match work {
        Work::List | Work::Run { .. } | Work::Next { .. } => return Ok(()),
        Work::Hint => "hint",
        Work::Reset => "reset",
        Work::Solution { .. } => "solution",
        Work::Watch => "watch",
    };
    Err(
        Error::invalid_argument(format!("`exercise {name}` has no JSON output"))
            .hint("leave out `--json`; `exercise --json` prints the result of a run, `exercises --json` your progress"),
    )
}
