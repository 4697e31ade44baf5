//! The commands of the prompt: `:name`, `?topic`, and a few words such as `help` and `exit`.

mod files;
mod help;
mod jobs;
mod listing;
mod plan;
mod state;
pub(super) mod table;
mod timeline;
mod use_command;

pub use jobs::{OpenedWatch, open_watch};
pub use plan::plan_of;
pub(super) use table::names;
pub use use_command::{Selection, select};

use crate::error::ExitCode;
use crate::error::nearest;
use crate::repl::prompt::{NextAction, Prompt};

/// Runs a line if it is a command of the prompt. Returns `None` for code.
pub(super) fn take(prompt: &mut Prompt, line: &str) -> Option<NextAction> {
    if let Some(command) = line.strip_prefix(':') {
        return Some(command_line(prompt, command));
    }
    if let Some(topic) = line.strip_prefix('?') {
        help::on(prompt, topic.trim());
        return Some(NextAction::Read);
    }
    let line = line.trim_end_matches(';').trim_end();
    let words: Vec<&str> = line.split_whitespace().collect();
    let first = *words.first()?;
    if prompt.interactive.variable(first).is_some() {
        return None;
    }
    if let Some(command) = elsewhere(&words) {
        return Some(command_line(prompt, &command));
    }
    match (first, words.as_slice()) {
        ("it", [_]) => Some(prompt.show_more()),
        ("exit" | "quit", [_]) => Some(NextAction::Leave(ExitCode::DONE)),
        ("help" | "help()", [_]) => {
            help::on(prompt, "");
            Some(NextAction::Read)
        }
        // `help find` without quotes.
        ("help", [_, topic]) if topic.starts_with(|first: char| first.is_alphabetic()) => {
            help::on(prompt, topic);
            Some(NextAction::Read)
        }
        _ => help::topic_of_call(line).map(|topic| {
            help::on(prompt, topic);
            NextAction::Read
        }),
    }
}

/// Translates commands of mongosh and shells, none of which is valid Rhai.
fn elsewhere(words: &[&str]) -> Option<String> {
    Some(match words {
        ["use", name] => format!("use {name}"),
        ["show", "dbs" | "databases"] => "databases".into(),
        ["show", "collections" | "tables"] => "collections".into(),
        ["cls" | "clear"] => "clear".into(),
        ["history"] => "history".into(),
        _ => return None,
    })
}

fn command_line(prompt: &mut Prompt, line: &str) -> NextAction {
    let (name, rest) = line
        .split_once(char::is_whitespace)
        .map_or((line, ""), |(name, rest)| (name, rest.trim()));
    if let Some(command) = table::find(name) {
        return (command.act)(prompt, rest);
    }
    let names = table::names();
    let near = nearest(name, names.iter().copied());
    prompt.error(
        &crate::error::Error::invalid_argument(format!("there is no command `:{name}`")).hint(
            match near {
                Some(near) => format!("did you mean `:{near}`?"),
                None => "`:help` lists the commands".to_owned(),
            },
        ),
    );
    NextAction::Read
}
