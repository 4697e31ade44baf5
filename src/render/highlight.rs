//! Syntax colours for the prompt's input and for values, which are both Rhai source.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

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

/// Returns the script with colours. `marked` are the offsets of a pair of brackets to highlight.
pub fn highlight(text: &str, marked: &[usize]) -> String {
    let pieces = lex(text);
    let mut coloured = String::with_capacity(text.len() * 2);
    for (index, (piece, range)) in pieces.iter().enumerate() {
        let part = &text[range.clone()];
        let next = pieces[index + 1..]
            .iter()
            .find(|(piece, _)| *piece != Piece::Space)
            .map(|(_, range)| &text[range.clone()]);
        let style = if marked.contains(&range.start) {
            Some(Palette::MATCH)
        } else {
            style(*piece, part, next)
        };
        match style {
            // A colour ends at the end of its line, so that each line can be drawn alone.
            Some(style) => {
                for (count, line) in part.split('\n').enumerate() {
                    if count > 0 {
                        coloured.push('\n');
                    }
                    if !line.is_empty() {
                        let _ = write!(coloured, "{style}{line}{style:#}");
                    }
                }
            }
            None => coloured.push_str(part),
        }
    }
    coloured
}

fn style(piece: Piece, part: &str, next: Option<&str>) -> Option<Style> {
    Some(match piece {
        Piece::Comment => Palette::DIM,
        Piece::Text { .. } if next == Some(":") => Palette::FIELD,
        Piece::Text { .. } => Palette::TEXT,
        Piece::Number => Palette::NUMBER,
        Piece::Keyword if matches!(part, "true" | "false") => Palette::NUMBER,
        Piece::Keyword => Palette::KEYWORD,
        Piece::Word if next == Some(":") => Palette::FIELD,
        Piece::Word if next == Some("(") => Palette::CALL,
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
