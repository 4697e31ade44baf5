//! What is no script: commands that begin with a colon, and the few words people type without one.

use super::Mode;
use super::line_loop::Prompt;
use crate::error::ExitCode;

/// What becomes of the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Stay,
    Leave(ExitCode),
}

/// The names of the commands.
pub fn names() -> Vec<&'static str> {
    vec!["quit"]
}

/// Does what `line` says, if it is for the prompt and not for the engine.
pub fn take(prompt: &mut Prompt, line: &str) -> Option<After> {
    if let Some(command) = line.strip_prefix(':') {
        return Some(command_line(prompt, command));
    }
    let word = line.trim_end_matches(';').trim_end();
    if prompt.interactive.variable(word).is_some() {
        return None;
    }
    match word {
        "it" => {
            let shower = &mut prompt.shower;
            Some(prompt.interactive.aside(&mut || shower.more()))
                .map(|outcome| prompt.ended(&outcome))
        }
        "exit" | "quit" => Some(After::Leave(ExitCode::DONE)),
        _ => None,
    }
}

fn command_line(prompt: &mut Prompt, line: &str) -> After {
    let (name, _rest) = line
        .split_once(char::is_whitespace)
        .map_or((line, ""), |(name, rest)| (name, rest.trim()));
    match name {
        "quit" | "q" | "exit" => return After::Leave(ExitCode::DONE),
        "json" => prompt.shower.mode = Mode::Json,
        "compact" => prompt.shower.mode = Mode::Compact,
        "pretty" => prompt.shower.mode = Mode::Pretty,
        "table" => prompt.shower.mode = Mode::Table,
        _ => prompt.note(&format!("there is no command `:{name}`")),
    }
    After::Stay
}
