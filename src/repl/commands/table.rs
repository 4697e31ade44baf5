//! The table of the commands: name, what follows it, what it does in words and in deed.

use super::{files, help, jobs, listing, plan, state};
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

/// All of them, in the order in which `:help` lists them.
pub(crate) const COMMANDS: &[Command] = &[
    command("help", "[COMMAND]", "list the commands", help::commands),
    command(
        "use",
        "NAME",
        "make `db` another database",
        state::use_database,
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
        "show values as Extended JSON, a line each",
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
        "show values over as many lines as it takes",
        |prompt, _| set_mode(prompt, OutputMode::Pretty),
    ),
    command(
        "time",
        "[CODE]",
        "time a line; alone, time every line or stop it",
        state::time,
    ),
    command(
        "explain",
        "QUERY",
        "show how the server answers a query",
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
        "play a lesson; alone, list them",
        files::lesson,
    ),
    command(
        "exercise",
        "[NAME]",
        "run your answer to an exercise; alone, list them",
        files::exercise,
    ),
    command("jobs", "", "list what runs in the background", jobs::list),
    command(
        "stop",
        "N",
        "end what `:jobs` lists under that number",
        jobs::stop,
    ),
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
        "run a script here; its variables stay",
        files::run,
    ),
    command("edit", "", "write the next line in $EDITOR", files::edit),
    command(
        "save",
        "FILE",
        "write the session as a script that runs",
        files::save,
    ),
    command(
        "history",
        "[COUNT]",
        "show what was typed last",
        listing::history,
    ),
    command(
        "reset",
        "",
        "forget all variables and functions",
        state::reset,
    ),
    command("clear", "", "clear the screen", state::clear),
    command("quit", "", "leave; Ctrl-D does, too", |_, _| {
        NextAction::Leave(ExitCode::DONE)
    }),
];

/// The command of that name, or the only one that begins with it.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    let exact = COMMANDS.iter().find(|command| command.name == name);
    let mut begun = COMMANDS
        .iter()
        .filter(|command| !name.is_empty() && command.name.starts_with(name));
    exact.or_else(|| begun.next().filter(|_| begun.next().is_none()))
}

/// Whether code follows the command of that name, which may go on with the next line.
pub(crate) fn takes_code(name: &str) -> bool {
    find(name).is_some_and(|command| {
        ["CODE", "QUERY", "PIPELINE"]
            .iter()
            .any(|code| command.takes.contains(code))
    })
}

/// The names of the commands.
pub(crate) fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

fn set_mode(prompt: &mut Prompt, mode: OutputMode) -> NextAction {
    // The command that is on goes off again.
    prompt.printer.mode = if prompt.printer.mode == mode {
        OutputMode::Pretty
    } else {
        mode
    };
    let words = match prompt.printer.mode {
        OutputMode::Pretty => "values are shown over as many lines as it takes",
        OutputMode::Compact => "values are shown on one line each; `:compact` goes back",
        OutputMode::Json => "values are shown as Extended JSON; `:json` goes back",
        OutputMode::Table => "arrays and cursors are shown as tables; `:table` goes back",
    };
    prompt.note(words);
    NextAction::Read
}
