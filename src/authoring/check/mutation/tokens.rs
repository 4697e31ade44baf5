use std::ops::Range;

use crate::script::lexer::{self, Piece};

/// One token of a solution.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub piece: Piece,
    pub range: Range<usize>,
    /// The index of the matching bracket.
    pub other: Option<usize>,
}

/// A solution's tokens, without comments and white space.
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

    /// Returns the text of a token, or an empty text after the end.
    pub(super) fn at(&self, index: usize) -> &'a str {
        self.list
            .get(index)
            .map_or("", |token| &self.text[token.range.clone()])
    }

    /// Returns the range from the start of one token to the end of another.
    pub(super) fn span(&self, first: usize, last: usize) -> Range<usize> {
        self.list[first].range.start..self.list[last].range.end
    }

    /// Returns the token after the bracketed part at `index`, or else the next token.
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

    /// Returns the first token in `from..end` that satisfies `is`, outside nested brackets.
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
