//! Splits the text of a script into pieces that together are the whole text, even if it does not
//! parse. It is used for colours and to find open brackets.

use std::ops::Range;

use rhai::Token;

/// The kind of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Space,
    Comment,
    /// A string or a character; `closed` says whether it has an end.
    Text {
        closed: bool,
    },
    Number,
    /// `let`, `if`, `fn`, `true` …
    Keyword,
    /// A name, in a document or elsewhere.
    Word,
    /// `(`, `[`, `{`, `#{` and `${`.
    Open,
    Close,
    /// `=`, `||`, `.` and other operators that need something after them.
    Operator,
    Comma,
    /// `;`, `:` and all other text.
    Other,
}

/// Splits `text` into pieces that together are the whole text.
pub fn lex(text: &str) -> Vec<(Piece, Range<usize>)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (piece, length) = first_piece(&text[at..]);
        pieces.push((piece, at..at + length));
        at += length;
    }
    pieces
}

fn first_piece(text: &str) -> (Piece, usize) {
    let Some(first) = text.chars().next() else {
        return (Piece::Other, 0);
    };
    let run = |belongs: fn(char) -> bool| text.find(|c| !belongs(c)).unwrap_or(text.len());
    if first.is_whitespace() {
        (Piece::Space, run(char::is_whitespace))
    } else if text.starts_with("//") {
        (Piece::Comment, text.find('\n').unwrap_or(text.len()))
    } else if text.starts_with("/*") {
        (Piece::Comment, comment_length(text))
    } else if matches!(first, '"' | '`' | '\'') {
        let (length, closed) = text_length(text, first);
        (Piece::Text { closed }, length)
    } else if first.is_ascii_digit() {
        (Piece::Number, number_length(text))
    } else if is_word_letter(first) {
        word(text, run(is_word_letter))
    } else if text.starts_with("#{") {
        (Piece::Open, 2)
    } else if matches!(first, '(' | '[' | '{') {
        (Piece::Open, 1)
    } else if matches!(first, ')' | ']' | '}') {
        (Piece::Close, 1)
    } else if first == ',' {
        (Piece::Comma, 1)
    } else if is_operator(first) {
        (Piece::Operator, run(is_operator))
    } else if text.starts_with("::") {
        (Piece::Operator, 2)
    } else {
        (Piece::Other, first.len_utf8())
    }
}

fn word(text: &str, length: usize) -> (Piece, usize) {
    let word = &text[..length];
    let is_keyword = matches!(word, "this" | "print" | "debug" | "fn")
        || Token::lookup_symbol_from_syntax(word).is_some_and(|token| token != Token::Underscore);
    let piece = if is_keyword && !matches!(word, "print" | "debug") {
        Piece::Keyword
    } else {
        Piece::Word
    };
    (piece, length)
}

fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut length = 0;
    while let Some(byte) = bytes.get(length) {
        let next = bytes.get(length + 1);
        let belongs = byte.is_ascii_alphanumeric()
            || *byte == b'_'
            || (*byte == b'.' && next.is_some_and(u8::is_ascii_digit))
            || (matches!(byte, b'-' | b'+')
                && matches!(bytes[length - 1], b'e' | b'E')
                && next.is_some_and(u8::is_ascii_digit)
                && !text.starts_with("0x"));
        if !belongs {
            break;
        }
        length += 1;
    }
    length
}

/// Comments nest in Rhai.
fn comment_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (depth, at) = (depth + 1, at + 2),
            (b'*', Some(b'/')) => (depth, at) = (depth.saturating_sub(1), at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Returns the length of the string literal at the start of `text`, and whether it ends.
fn text_length(text: &str, quote: char) -> (usize, bool) {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((offset, letter)) = letters.next() {
        match letter {
            // There are no escapes in back quotes; two back quotes mean one.
            '`' if quote == '`' => match letters.peek() {
                Some((_, '`')) => drop(letters.next()),
                _ => return (offset + 1, true),
            },
            '$' if quote == '`' && matches!(letters.peek(), Some((_, '{'))) => {
                let Some(end) = interpolation_end(text, offset + 2) else {
                    return (text.len(), false);
                };
                while letters.peek().is_some_and(|(offset, _)| *offset < end) {
                    letters.next();
                }
            }
            '\\' if quote != '`' => drop(letters.next()),
            '\n' if quote != '`' => return (offset, false),
            _ if letter == quote => return (offset + letter.len_utf8(), true),
            _ => {}
        }
    }
    (text.len(), false)
}

/// Returns the end of the code in a string that begins at `start`: the place after its `}`.
fn interpolation_end(text: &str, start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 1_usize);
    while at < text.len() {
        let (letter, rest) = (text.as_bytes()[at], &text[at..]);
        match letter {
            // A string in code in a string is read only roughly.
            b'"' => at += text_length(rest, '"').0.max(1),
            b'`' => at += rest[1..].find('`')? + 2,
            b'{' => (depth, at) = (depth + 1, at + 1),
            b'}' => {
                (depth, at) = (depth - 1, at + 1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    None
}

pub fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn is_operator(letter: char) -> bool {
    matches!(
        letter,
        '=' | '<' | '>' | '!' | '+' | '-' | '*' | '/' | '&' | '|' | '?' | '%' | '^' | '~' | '.'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<(Piece, &str)> {
        lex(text)
            .into_iter()
            .filter(|(piece, _)| *piece != Piece::Space)
            .map(|(piece, range)| (piece, &text[range]))
            .collect()
    }

    #[test]
    fn pieces_have_the_right_kind() {
        use Piece::*;
        let closed = Text { closed: true };
        assert_eq!(
            kinds("let x = #{ a: 1.5, \"b\": `c${ \"}\" }d` } // e"),
            [
                (Keyword, "let"),
                (Word, "x"),
                (Operator, "="),
                (Open, "#{"),
                (Word, "a"),
                (Other, ":"),
                (Number, "1.5"),
                (Comma, ","),
                (closed, "\"b\""),
                (Other, ":"),
                (closed, "`c${ \"}\" }d`"),
                (Close, "}"),
                (Comment, "// e"),
            ]
        );
        assert_eq!(kinds("\"a\n"), [(Text { closed: false }, "\"a")]);
        assert_eq!(
            kinds("/* /* */ */1"),
            [(Comment, "/* /* */ */"), (Number, "1")]
        );
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_piece(text in any::<String>()) {
            let pieces = lex(&text);
            let mut at = 0;
            for (_, range) in pieces {
                prop_assert_eq!(range.start, at);
                prop_assert!(range.end > at && text.is_char_boundary(range.end));
                at = range.end;
            }
            prop_assert_eq!(at, text.len());
        }

        #[test]
        fn every_byte_of_a_script_is_in_one_piece(text in "[`\"'{}$/*\\\\a1. \n(\\[#é-]{0,40}") {
            let length: usize = lex(&text).iter().map(|(_, range)| range.len()).sum();
            prop_assert_eq!(length, text.len());
        }
    }
}
