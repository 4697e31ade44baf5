//! Syntax colours of scripts and values, which are both Rhai source.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::script::lexer::{Piece, lex};

/// The colours, all from the terminal's own sixteen, so that they suit the user's theme.
#[derive(Clone, Copy, Debug)]
pub struct Palette;

impl Palette {
    pub const KEYWORD: Style = AnsiColor::Magenta.on_default();
    pub const TEXT: Style = AnsiColor::Green.on_default();
    pub const NUMBER: Style = AnsiColor::Yellow.on_default();
    pub const FIELD: Style = AnsiColor::Blue.on_default();
    pub const CALL: Style = AnsiColor::Cyan.on_default();
    pub const DIM: Style = Style::new().dimmed();
    pub const ERROR: Style = AnsiColor::Red.on_default().bold();
    pub const MATCH: Style = AnsiColor::Cyan.on_default().bold().underline();
}

/// Returns `text` in `style`.
pub fn painted(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// What a part of a script is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Keyword,
    Text,
    Number,
    Field,
    Call,
    Comment,
}

impl Colour {
    fn style(self) -> Style {
        match self {
            Self::Keyword => Palette::KEYWORD,
            Self::Text => Palette::TEXT,
            Self::Number => Palette::NUMBER,
            Self::Field => Palette::FIELD,
            Self::Call => Palette::CALL,
            Self::Comment => Palette::DIM,
        }
    }
}

/// Returns the script in parts, each with its colour. Together the parts are the script.
pub fn coloured(text: &str) -> Vec<(Option<Colour>, &str)> {
    let pieces = lex(text);
    let parts = pieces.iter().enumerate().map(|(index, (piece, range))| {
        let part = &text[range.clone()];
        let next = pieces[index + 1..]
            .iter()
            .find(|(piece, _)| *piece != Piece::Space)
            .map(|(_, range)| &text[range.clone()]);
        (colour(*piece, part, next), part)
    });
    parts.collect()
}

/// Returns the script with ANSI colours. `marked` are the offsets of a pair of brackets to highlight.
pub fn highlight(text: &str, marked: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut offset = 0;
    for (colour, part) in coloured(text) {
        let style = if marked.contains(&offset) {
            Some(Palette::MATCH)
        } else {
            colour.map(Colour::style)
        };
        offset += part.len();
        match style {
            // A colour ends at the end of its line, so that each line can be drawn alone.
            Some(style) => {
                for (count, line) in part.split('\n').enumerate() {
                    if count > 0 {
                        out.push('\n');
                    }
                    if !line.is_empty() {
                        let _ = write!(out, "{style}{line}{style:#}");
                    }
                }
            }
            None => out.push_str(part),
        }
    }
    out
}

/// Returns code with ANSI colours and the numbers of its lines in the file.
///
/// Lines that are longer than `columns` continue below, right of the numbers.
pub fn listing(code: &str, first_line: usize, columns: usize) -> String {
    let last = first_line + code.lines().count();
    let width = last.to_string().len().max(3);
    let room = columns.saturating_sub(width + 3).max(20);
    // The colours of a line depend on the lines before it, for example in a long comment.
    let coloured = highlight(code, &[]);
    let dim = Palette::DIM;
    let mut out = String::new();
    for (index, (line, coloured)) in code.lines().zip(coloured.lines()).enumerate() {
        let parts = match line.width() > room {
            true => broken(line, room)
                .iter()
                .map(|part| highlight(part, &[]))
                .collect(),
            false => vec![coloured.to_owned()],
        };
        for (row, part) in parts.iter().enumerate() {
            let number = match row {
                0 => (first_line + index).to_string(),
                _ => String::new(),
            };
            let _ = writeln!(out, "{dim}{number:>width$} │{dim:#} {part}");
        }
    }
    out
}

/// Breaks a line at spaces into parts of at most `room` columns. The later ones are indented more.
fn broken(line: &str, room: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start().len() + 4;
    let indent = " ".repeat(indent.min(room / 2));
    let mut parts = Vec::new();
    let mut rest = line.to_owned();
    while rest.width() > room {
        let (mut used, mut end, mut space) = (0, rest.len(), None);
        for (at, letter) in rest.char_indices() {
            used += letter.width().unwrap_or(0);
            if used > room {
                end = at;
                break;
            }
            if letter == ' ' && at > indent.len() {
                space = Some(at);
            }
        }
        let cut = space.unwrap_or(end);
        parts.push(rest[..cut].trim_end().to_owned());
        rest = format!("{indent}{}", rest[cut..].trim_start());
    }
    parts.push(rest);
    parts
}

fn colour(piece: Piece, part: &str, next: Option<&str>) -> Option<Colour> {
    Some(match piece {
        Piece::Comment => Colour::Comment,
        Piece::Text { .. } if next == Some(":") => Colour::Field,
        Piece::Text { .. } => Colour::Text,
        Piece::Number => Colour::Number,
        Piece::Keyword if matches!(part, "true" | "false") => Colour::Number,
        Piece::Keyword => Colour::Keyword,
        Piece::Word if next == Some(":") => Colour::Field,
        Piece::Word if next == Some("(") => Colour::Call,
        _ => return None,
    })
}

/// Returns the offsets of the bracket at or just before `position`, and of its counterpart.
pub fn pair_at(text: &str, position: usize) -> Option<[usize; 2]> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for (piece, range) in lex(text) {
        match piece {
            Piece::Open => open.push(range),
            Piece::Close => pairs.extend(open.pop().map(|open| (open, range))),
            _ => {}
        }
    }
    let touches = |range: &std::ops::Range<usize>, at: usize| range.contains(&at);
    [Some(position), position.checked_sub(1)]
        .into_iter()
        .flatten()
        .find_map(|at| {
            pairs
                .iter()
                .find(|(open, close)| touches(open, at) || touches(close, at))
        })
        .map(|(open, close)| [open.start, close.start])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matching_brackets_are_found() {
        assert_eq!(pair_at("f(a[1])", 1), Some([1, 6]));
        assert_eq!(pair_at("f(a[1])", 7), Some([1, 6]));
        assert_eq!(pair_at("f(\")\")", 5), Some([1, 5]));
        assert_eq!(pair_at("f(", 2), None);
    }

    proptest! {
        #[test]
        fn colours_do_not_change_the_text(text in "[^\u{1b}\u{9b}]*", position in 0..50_usize) {
            let marked = pair_at(&text, position).unwrap_or([0, 0]);
            let mut plain = String::new();
            let mut rest = highlight(&text, &marked);
            while let Some(start) = rest.find('\u{1b}') {
                plain.push_str(&rest[..start]);
                let end = rest[start..].find('m').unwrap() + start + 1;
                rest = rest.split_off(end);
            }
            plain.push_str(&rest);
            prop_assert_eq!(plain, text);
        }
    }
}
