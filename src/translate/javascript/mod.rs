//! Reads JavaScript, as people type it in mongosh.

mod expressions;
mod has_next;
mod lexer;
mod statements;

use std::collections::HashSet;

use super::problem::Result;
use super::token_cursor::TokenCursor;
use super::tree::{Stmt, StmtKind};

/// Returns the statements of `source`.
pub(super) fn parse(source: &str) -> Result<Vec<Stmt>> {
    let cursor = TokenCursor::new(source, lexer::tokens(source, 0)?);
    let mut statements = statements::Parser { cursor }.statements(None)?;
    if statements.len() > 1 {
        declare_globals(&mut statements);
    }
    Ok(statements)
}

/// Makes declarations of assignments such as `session = …`: without `let`, JavaScript makes a global
/// variable.
fn declare_globals(statements: &mut [Stmt]) {
    let mut declared = HashSet::from(["db".to_owned()]);
    for statement in statements {
        match &statement.kind {
            StmtKind::Let { name, .. } | StmtKind::Function { name, .. } => {
                declared.insert(name.clone());
            }
            StmtKind::Assign {
                target,
                operator: None,
                value,
            } => {
                if let Some(name) = target.as_name()
                    && declared.insert(name.to_owned())
                {
                    statement.kind = StmtKind::Let {
                        name: name.to_owned(),
                        value: Some(value.clone()),
                    };
                }
            }
            _ => {}
        }
    }
}
