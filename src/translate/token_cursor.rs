//! Reading of tokens, for both parsers.

use super::problem::{Problem, Result};
use super::token::{Token, TokenKind};
use super::tree::{Stmt, StmtKind};

/// The tokens that are not read yet.
pub(super) struct TokenCursor<'a> {
    pub source: &'a str,
    tokens: Vec<Token>,
    index: usize,
    /// Comments in the middle of a statement.
    skipped: Vec<Stmt>,
}

impl<'a> TokenCursor<'a> {
    pub(super) fn new(source: &'a str, tokens: Vec<Token>) -> Self {
        let mut cursor = Self {
            source,
            tokens,
            index: 0,
            skipped: Vec::new(),
        };
        cursor.skip_comments();
        cursor
    }

    /// Returns the next token. The last one is repeated.
    pub(super) fn peek(&self) -> &Token {
        self.ahead(0)
    }

    /// Returns the token that is `distance` tokens after the next one.
    pub(super) fn ahead(&self, distance: usize) -> &Token {
        let mut rest = self.tokens[self.index..]
            .iter()
            .filter(|token| !matches!(token.kind, TokenKind::Comment(_)));
        rest.nth(distance)
            .unwrap_or(&self.tokens[self.tokens.len() - 1])
    }

    /// Returns the start of the next token.
    pub(super) fn at(&self) -> usize {
        self.peek().range.start
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if self.index + 1 < self.tokens.len() {
            self.index += 1;
        }
        self.skip_comments();
        token
    }

    fn skip_comments(&mut self) {
        while let TokenKind::Comment(text) = &self.tokens[self.index].kind {
            let token = &self.tokens[self.index];
            let comment = StmtKind::Comment {
                text: text.clone(),
                trailing: self.index > 0 && !token.starts_line,
            };
            let mut comment = Stmt::new(comment, token.range.start);
            comment.after_gap = token.after_gap;
            self.skipped.push(comment);
            self.index += 1;
        }
    }

    /// Returns the comments since the last call.
    pub(super) fn take_comments(&mut self) -> Vec<Stmt> {
        std::mem::take(&mut self.skipped)
    }

    pub(super) fn is(&self, symbol: &str) -> bool {
        self.peek().is(symbol)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_word(word)
    }

    pub(super) fn is_end(&self) -> bool {
        self.peek().kind == TokenKind::End
    }

    /// Reads the symbol or the word, if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.is(text) || self.is_word(text);
        if found {
            self.next();
        }
        found
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<()> {
        if self.eat(text) {
            return Ok(());
        }
        Err(self.unexpected(&format!("expected `{text}`, not")))
    }

    /// Reads a name.
    pub(super) fn name(&mut self) -> Result<String> {
        match self.peek().word() {
            Some(word) => {
                let word = word.to_owned();
                self.next();
                Ok(word)
            }
            None => Err(self.unexpected("expected a name, not")),
        }
    }

    /// Reads `read, read, … close`.
    pub(super) fn list<T>(
        &mut self,
        close: &str,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(read(self)?);
            if !self.is(close) {
                self.expect(",")?;
            }
        }
        Ok(items)
    }

    /// Returns the problem that the next token is in the wrong place.
    pub(super) fn unexpected(&self, what: &str) -> Problem {
        let token = self.peek();
        Problem::new(
            format!("{what} {}", token.shown(self.source)),
            token.range.start,
        )
    }
}
