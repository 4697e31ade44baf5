//! The table of the commands: name, arguments, help text, function.

use super::{files, help, jobs, listing, plan, state, timeline, use_command};
use crate::error::ExitCode;
use crate::repl::prompt::{NextAction, Prompt};
use crate::repl::show::OutputMode;

/// One command.
pub(crate) struct Command {
    pub name: &'static str,
    pub takes: &'static str,
    pub words: &'static str,
    pub act: fn(&mut Prompt, &str) -> NextAction,
}

const fn command(
    name: &'static str,
    takes: &'static str,
    words: &'static str,
    act: fn(&mut Prompt, &str) -> NextAction,
) -> Command {
    Command {
        name,
        takes,
        words,
        act,
    }
}

/// All commands, in the order of `:help`.
pub(crate) const COMMANDS: &[Command] = &[
    command("help", "[COMMAND]", "list the commands", help::commands),
    command(
        "use",
        "NAME",
        "switch to another database, or to the client of a variable",
        use_command::switch,
    ),
    command("databases", "", "list the databases", listing::databases),
    command(
        "collections",
        "",
        "list the collections of `db`",
        listing::collections,
    ),
    command(
        "table",
        "",
        "show arrays of documents as tables",
        |prompt, _| set_mode(prompt, OutputMode::Table),
    ),
    command(
        "json",
        "",
        "show values as Extended JSON, one line each",
        |prompt, _| set_mode(prompt, OutputMode::Json),
    ),
    command(
        "compact",
        "",
        "show values on one line each",
        |prompt, _| set_mode(prompt, OutputMode::Compact),
    ),
    command(
        "pretty",
        "",
        "show values over several lines",
        |prompt, _| set_mode(prompt, OutputMode::Pretty),
    ),
    command(
        "time",
        "[CODE]",
        "time a line; without CODE, switch timing on or off",
        state::time,
    ),
    command(
        "timeline",
        "[FILE]",
        "show what the last line did and when; with FILE, write it",
        timeline::draw,
    ),
    command(
        "explain",
        "QUERY",
        "show the server's plan for a query",
        plan::explain,
    ),
    command(
        "watch",
        "NAME [PIPELINE]",
        "show the changes of a collection as they happen",
        jobs::watch,
    ),
    command(
        "lesson",
        "[NAME]",
        "play a lesson; without NAME, list them",
        files::lesson,
    ),
    command(
        "exercise",
        "[NAME]",
        "run your answer to an exercise; without NAME, list them",
        files::exercise,
    ),
    command("jobs", "", "list the background jobs", jobs::list),
    command("stop", "N", "stop the job with that number", jobs::stop),
    command(
        "pool",
        "",
        "show the connections of `client`",
        listing::pool,
    ),
    command(
        "status",
        "",
        "show the servers and their roles",
        listing::status,
    ),
    command(
        "server",
        "",
        "show the private server, or the URI in use",
        listing::server,
    ),
    command(
        "run",
        "FILE",
        "run a script in this session; its variables stay",
        files::run,
    ),
    command("edit", "", "write the next line in $EDITOR", files::edit),
    command("save", "FILE", "save the session as a script", files::save),
    command(
        "history",
        "[COUNT]",
        "show the last lines",
        listing::history,
    ),
    command(
        "reset",
        "",
        "delete all variables and functions",
        state::reset,
    ),
    command("clear", "", "clear the screen", state::clear),
    command("quit", "", "leave, like Ctrl-D", |_, _| {
        NextAction::Leave(ExitCode::DONE)
    }),
];

/// Returns the command of that name, or the only one that begins with it.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    let exact = COMMANDS.iter().find(|command| command.name == name);
    let mut matches = COMMANDS
        .iter()
        .filter(|command| !name.is_empty() && command.name.starts_with(name));
    exact.or_else(|| matches.next().filter(|_| matches.next().is_none()))
}

/// Returns whether the command takes code, which may continue on the next line.
pub(crate) fn takes_code(name: &str) -> bool {
    find(name).is_some_and(|command| {
        ["CODE", "QUERY", "PIPELINE"]
            .iter()
            .any(|code| command.takes.contains(code))
    })
}

/// Returns the names of the commands.
pub(crate) fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

fn set_mode(prompt: &mut Prompt, mode: OutputMode) -> NextAction {
    // The command of the current mode switches it off.
    prompt.printer.mode = if prompt.printer.mode == mode {
        OutputMode::Pretty
    } else {
        mode
    };
    let words = match prompt.printer.mode {
        OutputMode::Pretty => "values are shown over several lines",
        OutputMode::Compact => "values are shown on one line each; `:compact` goes back",
        OutputMode::Json => "values are shown as Extended JSON; `:json` goes back",
        OutputMode::Table => "arrays and cursors are shown as tables; `:table` goes back",
    };
    prompt.note(words);
    NextAction::Read
}
