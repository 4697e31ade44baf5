//! Decides whether the input continues on the next line.

use crate::repl::commands::table::takes_code;
use crate::script::lexer::{Piece, lex};

/// Returns whether the input is incomplete.
///
/// It is incomplete if a bracket, a text in back quotes or a comment is open, or if it ends in an
/// operator or a comma. Two empty lines at the end always complete it.
pub fn is_incomplete(input: &str) -> bool {
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
            // Let Rhai report the extra bracket.
            return false;
        }
    }
    let last = pieces
        .iter()
        .rev()
        .find(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment));
    open > 0
        || last.is_some_and(|(piece, range)| match piece {
            // `i++` is an error in Rhai: report it at once.
            Piece::Operator => !matches!(&input[range.clone()], "++" | "--"),
            Piece::Comma => true,
            _ => false,
        })
}

/// Returns the code of a command that takes code, or else an empty text.
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
            assert!(is_incomplete(open), "{open:?}");
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
            assert!(!is_incomplete(finished), "{finished:?}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_safe(input in any::<String>()) {
            is_incomplete(&input);
        }
    }
}
