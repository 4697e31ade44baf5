//! Whether what was typed is finished, or goes on with the next line.

use crate::repl::commands::table::takes_code;
use crate::script::lexer::{Piece, lex};

/// Whether the input goes on: a bracket, a text in back quotes or a comment is open, or it ends in an operator or a
/// comma. Two empty lines at the end run it as it is, so that nobody is stuck.
pub fn goes_on(input: &str) -> bool {
    if input.ends_with("\n\n") {
        return false;
    }
    let input = match input.trim_start().strip_prefix(':') {
        Some(command) => code_of_command(command),
        None if input.trim_start().starts_with('?') => return false,
        None => input,
    };
    let pieces = lex(input);
    let mut open = 0_i64;
    for (piece, range) in &pieces {
        let text = &input[range.clone()];
        match piece {
            Piece::Open => open += 1,
            Piece::Close => open -= 1,
            Piece::Text { closed: false } => {
                // A text in double quotes ends with its line, unless the line ends in `\`.
                return text.starts_with('`') || text.ends_with('\\');
            }
            Piece::Comment if text.starts_with("/*") && !is_closed(text) => return true,
            _ => {}
        }
        if open < 0 {
            // One too many: Rhai says where.
            return false;
        }
    }
    let last = pieces
        .iter()
        .rev()
        .find(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment));
    open > 0
        || last.is_some_and(|(piece, range)| match piece {
            // `i++` is no Rhai, and is told so without waiting for more.
            Piece::Operator => !matches!(&input[range.clone()], "++" | "--"),
            Piece::Comma => true,
            _ => false,
        })
}

/// The code that some commands take; nothing of the others.
fn code_of_command(command: &str) -> &str {
    let (name, code) = command
        .split_once(char::is_whitespace)
        .unwrap_or((command, ""));
    if takes_code(name) { code } else { "" }
}

fn is_closed(comment: &str) -> bool {
    comment.len() >= 4 && comment.matches("/*").count() <= comment.matches("*/").count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn open_and_finished_input_are_told_apart() {
        for open in [
            "db.x.find(#{",
            "let x =",
            "[1,",
            "f(1,",
            "fn f() {",
            "`a",
            "a +",
            "a // b\n.",
            "/* a",
            "let f = |x|",
            "\"a\\",
            "1 + // more",
            ":explain db.x.find(",
            ":watch x [",
        ] {
            assert!(goes_on(open), "{open:?}");
        }
        for finished in [
            "",
            "1",
            "f()",
            "\"(\"",
            "`${ \"}\" }`",
            "\"a",
            "f())",
            ":use x(",
            ":explain db.x.find()",
            "i++",
            "?watch(",
            "f(\n\n",
            "let x = 1;",
            "// (",
            "/* ( */",
        ] {
            assert!(!goes_on(finished), "{finished:?}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_safe(input in any::<String>()) {
            goes_on(&input);
        }
    }
}
