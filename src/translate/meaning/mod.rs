//! Turns what a text of mongosh or PyMongo means into our functions, operators and statements.

mod aliases;
mod arguments;
mod calls;
mod dates;
mod expressions;
mod functions;
mod gridfs;
mod inference;
mod kind;
mod loops;
mod methods;
mod names;
mod scopes;
mod special;
mod special_database;
mod statements;

use std::collections::HashSet;

use super::problem::Result;
use super::tree::{Stmt, StmtKind};
use super::walk::{Node, walk};
use super::{Extent, Language};
use inference::Inference;
pub(super) use methods::renamed_method;

/// Returns the statements as scripts write them.
pub(super) fn translate(
    statements: Vec<Stmt>,
    language: Language,
    extent: Extent,
) -> Result<Vec<Stmt>> {
    let mut functions = HashSet::new();
    walk(&statements, &mut |node| {
        if let Node::Stmt(Stmt {
            kind: StmtKind::Function { name, .. },
            ..
        }) = node
        {
            functions.insert(name.clone());
        }
    });
    let meaning = Meaning {
        language,
        extent,
        inference: Inference::new(&statements, language),
        functions,
    };
    meaning.check_scopes(&statements)?;
    meaning.check_aliases(&statements)?;
    meaning.statements(statements)
}

/// What is known about the whole text.
struct Meaning {
    language: Language,
    extent: Extent,
    inference: Inference,
    /// The names of its functions.
    functions: HashSet<String>,
}
