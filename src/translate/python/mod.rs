//! Reads Python, as people write it for PyMongo.

mod expressions;
mod lexer;
mod statements;

use super::problem::Result;
use super::token_cursor::TokenCursor;
use super::tree::Stmt;

/// Returns the statements of `source`.
pub(super) fn parse(source: &str) -> Result<Vec<Stmt>> {
    let cursor = TokenCursor::new(source, lexer::tokens(source)?);
    statements::Parser::new(cursor).module()
}
