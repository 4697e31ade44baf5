//! Finds mistakes before a script runs that would show late or never: misspelt error kinds, and
//! assignments and changes
//! without effect.

use std::collections::HashSet;

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::lost_assignment::{self, LostAssignment};
use super::lost_change::{self, LiteralType, LostChange};
use super::try_catch::TRY;
use crate::error::{Error, Kind, Place, nearest};

/// Checks all statements and functions of `ast`, which is shown as `source`.
///
/// # Errors
/// `InvalidArgument` at the place of the first mistake.
pub fn check(ast: &AST, source: &str) -> crate::error::Result<()> {
    let mut found = None;
    let mut own_module = false;
    let mut caught = HashSet::new();
    let mut compared = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Variable(variable, _, position))) => {
                let (_, name, namespace, _) = &**variable;
                if namespace.to_string() == "errors" && Kind::from_name(name).is_none() {
                    found.get_or_insert_with(|| (name.to_string(), *position));
                }
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) => {
                compared.extend(kind_comparison(call));
            }
            Some(ASTNode::Expr(Expr::Custom(custom, _)))
                if custom.tokens.first().is_some_and(|token| token == TRY) =>
            {
                if let Some(Expr::Stmt(handler)) = custom.inputs.get(1)
                    && let Some(Stmt::Var(variable, ..)) = handler.statements().first()
                {
                    caught.insert(variable.0.name.to_string());
                }
            }
            Some(ASTNode::Stmt(Stmt::Import(import, _))) => {
                own_module |= import.1.as_str() == "errors";
            }
            _ => {}
        }
        true
    });
    let misspelt = compared
        .iter()
        .find(|(name, kind, _)| caught.contains(name) && is_nearly_a_kind(kind));
    if let Some((_, kind, position)) = misspelt {
        return Err(no_such_kind(kind, *position, source));
    }
    if let Some((name, position)) = found.filter(|_| !own_module) {
        return Err(no_such_kind(&name, position, source));
    }
    if let Some(lost) = lost_change::find(ast) {
        return Err(change_of_literal(&lost, source));
    }
    match lost_assignment::find(ast) {
        Some(lost) => Err(without_effect(&lost, source)),
        None => Ok(()),
    }
}

fn change_of_literal(lost: &LostChange, source: &str) -> Error {
    let (what, literal) = match lost.of {
        LiteralType::Array => ("array", "[…]"),
        LiteralType::Document => ("Document", "#{ … }"),
        LiteralType::String => ("string", "\"…\""),
    };
    let function = &lost.function;
    Error::invalid_argument(format!(
        "`{function}` changes this {what} and returns nothing, so the result is lost"
    ))
    .hint(format!(
        "store the {what} in a variable first: `let x = {literal}; x.{function}(…);`"
    ))
    .at(place(lost.position, source))
}

fn without_effect(lost: &LostAssignment, source: &str) -> Error {
    let LostAssignment {
        variable,
        function,
        position,
    } = lost;
    Error::invalid_argument(format!(
        "this does not change `{variable}` outside of the closure of `{function}`: a task works on copies"
    ))
    .hint("let the closure return the value, or declare a variable inside the closure")
    .at(place(*position, source))
}

fn place(position: Position, source: &str) -> Place {
    Place {
        source: Some(source.to_owned()),
        line: position.line().unwrap_or(1),
        column: position.position().unwrap_or(1),
    }
}

/// Returns the variable, the text and the place of the text in `err.kind == "text"`.
fn kind_comparison(call: &FnCallExpr) -> Option<(String, String, Position)> {
    if !matches!(call.name.as_str(), "==" | "!=") {
        return None;
    }
    let [Expr::Dot(dot, ..), Expr::StringConstant(kind, position)] = call.args.as_slice() else {
        return None;
    };
    match (&dot.lhs, &dot.rhs) {
        (Expr::Variable(variable, ..), Expr::Property(property, _)) if property.2 == "kind" => {
            Some((variable.1.to_string(), kind.to_string(), *position))
        }
        _ => None,
    }
}

/// Returns whether this is a misspelt kind of this program. A script may throw other kinds.
fn is_nearly_a_kind(kind: &str) -> bool {
    Kind::from_name(kind).is_none()
        && !matches!(kind, "Script" | "Thrown")
        && Kind::ALL
            .iter()
            .any(|known| strsim::damerau_levenshtein(known.name(), kind) <= 2)
}

fn no_such_kind(name: &str, position: Position, source: &str) -> Error {
    let hint = nearest(name, Kind::ALL.iter().map(|kind| kind.name())).map_or_else(
        || "the reference page `Kinds of errors` lists all kinds".to_owned(),
        |kind| format!("did you mean `errors::{kind}`?"),
    );
    Error::invalid_argument(format!("there is no error kind `{name}`"))
        .hint(hint)
        .at(place(position, source))
}
