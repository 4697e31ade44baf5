use std::time::Instant;

use super::cell_command::CellCommand;
use super::exercises::{CourseAccess, check, hint};
use super::publisher::Publisher;
use super::watches::Watches;
use crate::diagnose::explain_error;
use crate::engine::help;
use crate::error::{Error, Result, nearest};
use crate::notebook::{CellEnd, CellSession};
use crate::repl::{open_watch, plan_of, select};
use crate::script::Outcome;

/// The commands that a cell may begin with: name, arguments, what it does.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "check",
        "[EXERCISE]",
        "check the rest of the cell as the answer to an exercise",
    ),
    ("explain", "QUERY", "show the server's plan for a query"),
    (
        "help",
        "[TOPIC]",
        "list these commands, or show the help on a topic",
    ),
    (
        "hint",
        "[EXERCISE]",
        "show a hint for an exercise, and one more hint each time",
    ),
    ("jobs", "", "list the watches"),
    ("reset", "", "delete all variables and functions"),
    (
        "stop",
        "[N]",
        "stop all watches, or the one with that number",
    ),
    (
        "table",
        "[CODE]",
        "run code; documents are tables in a notebook anyway",
    ),
    ("time", "CODE", "run code and show how long it took"),
    (
        "use",
        "NAME",
        "switch `db` to another database, or to a client or replica set in a variable",
    ),
    (
        "watch",
        "NAME [PIPELINE]",
        "show the changes of a collection in one table, as they happen",
    ),
];

/// Returns the names of the commands, for completion.
pub(super) fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|(name, ..)| *name).collect()
}

/// Runs the commands of cells.
pub(super) struct Commands {
    publisher: Publisher,
    watches: Watches,
    course: CourseAccess,
}

/// The cell that a command is in.
#[derive(Clone, Copy)]
pub(super) struct CellPlace<'a> {
    /// Its name in messages.
    pub name: &'a str,
    pub origin: u64,
}

impl Commands {
    pub(super) fn new(publisher: &Publisher, course: CourseAccess) -> Self {
        Self {
            publisher: publisher.clone(),
            watches: Watches::default(),
            course,
        }
    }

    /// Ends all watches.
    pub(super) fn end(&mut self) {
        self.watches.stop(None);
    }

    /// Runs the command of a cell.
    pub(super) fn run(
        &mut self,
        cells: &mut CellSession,
        place: CellPlace,
        command: &CellCommand,
    ) -> CellEnd {
        cells.begin(place.name, place.origin, &command.code);
        let done = match command.name.as_str() {
            "table" if command.argument().is_empty() => {
                self.tell("documents are tables in a notebook");
                Ok(None)
            }
            "table" => return cells.run(place.name, place.origin, &command.code),
            "time" => return self.time(cells, place, &command.code),
            "explain" => self.explain(cells, &command.code),
            "watch" => self.watch(cells, command.argument()),
            "stop" => self.stop(command.argument()),
            "use" => self.select(cells, command.argument()),
            "check" => {
                let session = cells.interactive.session().clone();
                check(
                    &self.course,
                    &session,
                    &self.publisher,
                    place.name,
                    &command.code,
                )
                .map(|()| None)
            }
            "hint" => hint(&self.course, &self.publisher, command.argument()).map(|()| None),
            "jobs" => {
                let lines = self.watches.lines();
                self.tell(match lines.is_empty() {
                    true => "nothing is watched",
                    false => &lines,
                });
                Ok(None)
            }
            "reset" => {
                cells.interactive.forget();
                self.tell("all variables and functions were deleted");
                Ok(None)
            }
            "help" => {
                self.help(command.argument());
                Ok(None)
            }
            name => Err(unknown(name)),
        };
        match done {
            Ok(None) => CellEnd::done(),
            Ok(Some(outcome)) => cells.end(&outcome, None),
            Err(error) => CellEnd::failed(explain_error(&error)),
        }
    }

    fn time(&self, cells: &mut CellSession, place: CellPlace, code: &str) -> CellEnd {
        let begun = Instant::now();
        let end = cells.run(place.name, place.origin, code);
        let milliseconds = begun.elapsed().as_secs_f64() * 1000.0;
        self.tell(&format!("{milliseconds:.1} ms"));
        end
    }

    fn explain(&self, cells: &mut CellSession, code: &str) -> Result<Option<Outcome>> {
        let (outcome, plan) = plan_of(&mut cells.interactive, code)?;
        if let Some(plan) = plan {
            self.tell(&plan);
        }
        Ok(Some(outcome))
    }

    fn watch(&mut self, cells: &mut CellSession, argument: &str) -> Result<Option<Outcome>> {
        let session = cells.interactive.session().clone();
        let database = session.used_database().get();
        let database = database.unwrap_or_else(|| session.database_name().to_owned());
        let opened = open_watch(&mut cells.interactive, &database, argument)?;
        if let Some(stream) = opened.stream {
            self.watches
                .start(&session, &self.publisher, &opened.name, stream)?;
        }
        Ok(Some(opened.outcome))
    }

    fn stop(&mut self, argument: &str) -> Result<Option<Outcome>> {
        let number = match argument {
            "" => None,
            number => Some(number.trim_matches(['[', ']']).parse().map_err(|_| {
                Error::invalid_argument(format!("`{number}` is not the number of a watch"))
                    .hint("`:jobs` lists them; `:stop` ends all")
            })?),
        };
        match self.watches.stop(number) {
            0 => Err(Error::invalid_argument("there is no such watch")
                .hint("`:watch orders` starts one; `:jobs` lists them")),
            1 => {
                self.tell("stopped");
                Ok(None)
            }
            count => {
                self.tell(&format!("stopped {count} watches"));
                Ok(None)
            }
        }
    }

    fn select(&self, cells: &CellSession, name: &str) -> Result<Option<Outcome>> {
        let name = name.trim_matches(['"', ';']).trim();
        let selection = select(&cells.interactive, name)?;
        selection.note(name).iter().for_each(|note| self.tell(note));
        Ok(None)
    }

    fn help(&self, topic: &str) {
        if topic.is_empty() {
            for (name, takes, words) in COMMANDS {
                let call = format!(":{name} {takes}");
                self.tell(&format!("{call:25}{words}"));
            }
            self.tell("`help()` shows the types and functions");
        } else {
            self.tell(&help::on_name(topic));
        }
    }

    /// Shows lines under the current cell.
    fn tell(&self, text: &str) {
        self.publisher.tell("stdout", text);
    }
}

fn unknown(name: &str) -> Error {
    Error::invalid_argument(format!("there is no command `:{name}` in a notebook")).hint(
        match nearest(name, names()) {
            Some(near) => format!("did you mean `:{near}`?"),
            None => "`:help` lists the commands".to_owned(),
        },
    )
}
