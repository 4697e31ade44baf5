use std::ops::Range;

use crate::script::lexer::{self, Piece};

/// One word or sign of a solution.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub piece: Piece,
    pub range: Range<usize>,
    /// For an opening bracket its closing one, and the other way round.
    pub other: Option<usize>,
}

/// A solution's code, word by word, without comments and space.
pub(super) struct Tokens<'a> {
    pub text: &'a str,
    pub list: Vec<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut list: Vec<Token> = lexer::lex(text)
            .into_iter()
            .filter(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment))
            .map(|(piece, range)| Token {
                piece,
                range,
                other: None,
            })
            .collect();
        let mut open = Vec::new();
        for index in 0..list.len() {
            match list[index].piece {
                Piece::Open => open.push(index),
                Piece::Close => {
                    if let Some(start) = open.pop() {
                        list[start].other = Some(index);
                        list[index].other = Some(start);
                    }
                }
                _ => {}
            }
        }
        Self { text, list }
    }

    /// The word or sign at that place; nothing behind the end.
    pub(super) fn at(&self, index: usize) -> &'a str {
        self.list
            .get(index)
            .map_or("", |token| &self.text[token.range.clone()])
    }

    /// From the start of one token to the end of another.
    pub(super) fn span(&self, first: usize, last: usize) -> Range<usize> {
        self.list[first].range.start..self.list[last].range.end
    }

    /// The token behind the bracket that opens at `index`, or the next one.
    pub(super) fn behind(&self, index: usize) -> usize {
        match self.list[index] {
            Token {
                piece: Piece::Open,
                other: Some(end),
                ..
            } => end + 1,
            _ => index + 1,
        }
    }

    /// The first token from `from` on, up to `end`, for which `is` holds, outside of brackets that open on the way.
    pub(super) fn find(
        &self,
        from: usize,
        end: usize,
        is: impl Fn(&Token, &str) -> bool,
    ) -> Option<usize> {
        let mut index = from;
        while index < end {
            if is(&self.list[index], self.at(index)) {
                return Some(index);
            }
            index = self.behind(index);
        }
        None
    }
}
