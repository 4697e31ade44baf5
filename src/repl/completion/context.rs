//! The syntax around the word to complete.

use super::types::Pieces;
use crate::script::lexer::{Piece, lex};

/// The tokens before a word, and the call whose argument it is.
pub(super) struct Context<'a> {
    pub pieces: Pieces<'a>,
    /// The name of the innermost open call.
    pub method: String,
    /// The index of the argument.
    pub argument: usize,
    /// The index of the last token of the call's receiver.
    pub receiver: Option<usize>,
    /// The number of open documents inside the argument.
    pub depth: usize,
    /// Whether the word is inside an array in the argument.
    pub is_element: bool,
    /// The innermost open bracket.
    innermost: String,
}

impl<'a> Context<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let list = lex(text)
            .into_iter()
            .filter(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment))
            .collect();
        let mut context = Self {
            pieces: Pieces { text, list },
            method: String::new(),
            argument: 0,
            receiver: None,
            depth: 0,
            is_element: false,
            innermost: String::new(),
        };
        context.find_call();
        context
    }

    fn find_call(&mut self) {
        let (mut closed, mut commas) = (0_usize, 0);
        for at in (0..self.pieces.list.len()).rev() {
            let text = self.pieces.text_of(at).to_owned();
            match self.pieces.piece(at) {
                Some(Piece::Close) => closed += 1,
                Some(Piece::Open) if closed > 0 => closed -= 1,
                Some(Piece::Open) => {
                    if self.innermost.is_empty() {
                        self.innermost.clone_from(&text);
                    }
                    let is_call =
                        text == "(" && at > 0 && self.pieces.piece(at - 1) == Some(Piece::Word);
                    if is_call {
                        self.method = self.pieces.text_of(at - 1).to_owned();
                        self.argument = commas;
                        let dotted = at >= 3 && self.pieces.text_of(at - 2) == ".";
                        self.receiver = dotted.then(|| at - 3);
                        return;
                    }
                    self.depth += usize::from(text == "#{");
                    self.is_element |= text == "[";
                    commas = 0;
                }
                Some(Piece::Comma) if closed == 0 => commas += 1,
                _ => {}
            }
        }
    }

    pub(super) fn last(&self) -> &str {
        self.pieces.text_of(self.pieces.list.len().wrapping_sub(1))
    }

    pub(super) fn before_last(&self) -> &str {
        self.pieces.text_of(self.pieces.list.len().wrapping_sub(2))
    }

    /// Returns whether a field's name has to come next.
    pub(super) fn is_key(&self) -> bool {
        self.innermost == "#{"
    }
}
