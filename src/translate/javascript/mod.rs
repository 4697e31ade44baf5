//! Reads JavaScript, as people type it in mongosh.

mod expressions;
mod has_next;
mod lexer;
mod statements;

use super::problem::Result;
use super::token_cursor::TokenCursor;
use super::tree::Stmt;

/// Returns the statements of `source`.
pub(super) fn parse(source: &str) -> Result<Vec<Stmt>> {
    let cursor = TokenCursor::new(source, lexer::tokens(source, 0)?);
    statements::Parser { cursor }.statements(None)
}
