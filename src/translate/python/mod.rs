//! Reads Python, as people write it for PyMongo.

mod expressions;
mod lexer;
mod statements;

use std::borrow::Cow;

use super::problem::Result;
use super::token_cursor::TokenCursor;
use super::tree::Stmt;

/// Returns the statements of `source`.
pub(super) fn parse(source: &str) -> Result<Vec<Stmt>> {
    let source = &without_prompts(source);
    let cursor = TokenCursor::new(source, lexer::tokens(source)?);
    statements::Parser::new(cursor).module()
}

/// Returns the code of a session, as documentation shows it: `>>> 1 + 1` and the output below. What
/// is left out becomes white space, so that all places stay.
fn without_prompts(source: &str) -> Cow<'_, str> {
    let prompts = [">>> ", "... "];
    if !source.trim_start().starts_with(prompts[0]) {
        return source.into();
    }
    let lines = source.split_inclusive('\n').map(|line| {
        let begin = line.len() - line.trim_start().len();
        let is_code = prompts
            .iter()
            .any(|prompt| line[begin..].starts_with(prompt));
        match is_code {
            true => format!(
                "    {}{}",
                &line[..begin],
                &line[begin + prompts[0].len()..]
            ),
            false => line.replace(|c| c != '\n', " "),
        }
    });
    lines.collect::<String>().into()
}
