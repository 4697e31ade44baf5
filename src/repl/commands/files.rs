//! Commands about files: `:run`, `:edit`, `:save`.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::Error;
use crate::repl::editor_command;
use crate::repl::prompt::{Line, NextAction, Prompt};
use crate::repl::secrets::carries_a_password;
use crate::script::LAST;
use crate::script::lexer::{Piece, lex};

/// `:run FILE`.
pub(super) fn run(prompt: &mut Prompt, file: &str) -> NextAction {
    if file.is_empty() {
        prompt
            .error(&Error::invalid_argument("`:run` needs a file name").hint("`:run script.rhai`"));
        return NextAction::Read;
    }
    prompt.run_file(Path::new(file))
}

/// `:lesson [NAME]`.
pub(super) fn lesson(prompt: &mut Prompt, name: &str) -> NextAction {
    play(prompt, "lesson", name)
}

/// `:exercise [NAME]`.
pub(super) fn exercise(prompt: &mut Prompt, name: &str) -> NextAction {
    let command = if name.is_empty() {
        "exercises"
    } else {
        "exercise"
    };
    play(prompt, command, name)
}

fn play(prompt: &mut Prompt, command: &str, words: &str) -> NextAction {
    let played = prompt.terminal.lend(|| (prompt.play)(command, words));
    if let Err(error) = played {
        prompt.error(&Error::invalid_argument(format!(
            "`seaworthy {command}` cannot be started: {error}"
        )));
    }
    NextAction::Read
}

/// `:edit`: opens the last line in an editor, and puts the result into the next line.
pub(super) fn edit(prompt: &mut Prompt, _: &str) -> NextAction {
    let last = prompt
        .input_history
        .backwards()
        .find(|line| !line.starts_with(':'))
        .unwrap_or_default();
    let edited = prompt
        .terminal
        .lend(|| edited(&prompt.editor_program, last));
    match edited {
        Ok(text) => NextAction::Edit(text.trim_end().to_owned()),
        Err(why) => {
            let program = &prompt.editor_program;
            prompt.error(
                &Error::invalid_argument(format!("the editor `{program}` failed: {why}"))
                    .hint("the variable `EDITOR` names the one to use"),
            );
            NextAction::Read
        }
    }
}

fn edited(program: &str, text: &str) -> std::io::Result<String> {
    let mut file = tempfile::Builder::new()
        .prefix("seaworthy-")
        .suffix(".rhai")
        .tempfile()?;
    writeln!(file, "{text}")?;
    let status = editor_command(program)?.arg(file.path()).status()?;
    if !status.success() {
        return Err(std::io::Error::other(status.to_string()));
    }
    // By name, because some editors replace the file.
    fs::read_to_string(file.path())
}

/// `:save FILE`.
pub(super) fn save(prompt: &mut Prompt, file: &str) -> NextAction {
    if file.is_empty() {
        prompt.error(
            &Error::invalid_argument("`:save` needs a file name").hint("`:save session.rhai`"),
        );
        return NextAction::Read;
    }
    let script = script(&prompt.finished_lines);
    let created = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        // It may contain private data.
        .mode(0o600)
        .open(file)
        .and_then(|mut created| created.write_all(script.as_bytes()));
    match created {
        Ok(()) => prompt.note(&format!("`seaworthy run {file}` runs it")),
        Err(error) => prompt.error(&Error::invalid_argument(format!(
            "`{file}` cannot be written: {error}"
        ))),
    }
    NextAction::Read
}

/// Returns the lines as one script, with semicolons and with a variable in place of `_`.
pub(super) fn script(lines: &[Line]) -> String {
    let mut script = String::from("// A session of the prompt, without the lines that failed.\n");
    for (index, line) in lines.iter().enumerate() {
        if carries_a_password(&line.code) {
            script.push_str("// A line that contains a password is left out here.\n");
            continue;
        }
        let later = lines[index + 1..].iter();
        let mut until_next_value = Vec::new();
        for later in later {
            until_next_value.push(later);
            if later.has_value {
                break;
            }
        }
        let is_used =
            line.is_expression && until_next_value.iter().any(|line| uses_last(&line.code));
        let code = without_last(&line.code);
        if is_used {
            script.push_str("let last_value = ");
        }
        script.push_str(code.trim_end());
        let ends_in_comment = lex(&code)
            .iter()
            .rev()
            .find(|(piece, _)| *piece != Piece::Space)
            .is_some_and(|(piece, _)| *piece == Piece::Comment);
        if ends_in_comment {
            script.push('\n');
        }
        if ends_in_comment || !code.trim_end().ends_with(';') {
            script.push(';');
        }
        script.push('\n');
    }
    script
}

fn uses_last(code: &str) -> bool {
    without_last(code) != code
}

/// Replaces `_` by `last_value`, except in an arm of a `switch`.
fn without_last(code: &str) -> String {
    let pieces = lex(code);
    let mut changed = String::with_capacity(code.len());
    for (index, (_, range)) in pieces.iter().enumerate() {
        let text = &code[range.clone()];
        let next = pieces[index + 1..]
            .iter()
            .find(|(piece, _)| *piece != Piece::Space)
            .map(|(_, range)| &code[range.clone()]);
        let is_last = text == LAST && !matches!(next, Some("=>" | "if"));
        changed.push_str(if is_last { "last_value" } else { text });
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_becomes_a_script() {
        let value = |code: &str| Line {
            has_value: true,
            is_expression: true,
            ..Line::code(code)
        };
        let lines = [
            Line::code("let x = #{ a: 1 }"),
            value("x.a + 1 // two"),
            Line::code("let y = _ * 2;"),
            Line::code("switch y { 4 => print(y), _ => throw y }"),
            Line::code("connect(#{ password: \"x\" })"),
        ];
        assert_eq!(
            script(&lines),
            "// A session of the prompt, without the lines that failed.\n\
             let x = #{ a: 1 };\n\
             let last_value = x.a + 1 // two\n;\n\
             let y = last_value * 2;\n\
             switch y { 4 => print(y), _ => throw y };\n\
             // A line that contains a password is left out here.\n"
        );
    }
}
