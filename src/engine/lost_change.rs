//! Finds functions that change a literal in place: `[3, 1].sort()`. The changed value has no name,
//! so it is lost.

use rhai::{AST, ASTNode, Dynamic, Expr, Position};

/// The functions that change a value and return nothing, for each type that has literals.
const CHANGES: [(LiteralType, &[&str]); 3] = [
    (
        LiteralType::Array,
        &[
            "append",
            "chop",
            "clear",
            "dedup",
            "insert",
            "pad",
            "push",
            "reverse",
            "set",
            "sort",
            "sort_by",
            "sort_desc",
            "splice",
            "truncate",
        ],
    ),
    (
        LiteralType::Document,
        &["clear", "fill_with", "mixin", "set"],
    ),
    (
        LiteralType::String,
        &[
            "append",
            "clear",
            "crop",
            "make_lower",
            "make_upper",
            "pad",
            "remove",
            "replace",
            "set",
            "trim",
            "truncate",
        ],
    ),
];

#[derive(Clone, Copy, PartialEq)]
pub(super) enum LiteralType {
    Array,
    Document,
    String,
}

/// A change without effect.
pub(super) struct LostChange {
    pub(super) function: String,
    pub(super) of: LiteralType,
    pub(super) position: Position,
}

/// Returns the first such change in a script.
pub(super) fn find(ast: &AST) -> Option<LostChange> {
    let mut found = None;
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Dot(chain, ..))) = path.last() {
            found = literal_type(&chain.lhs).and_then(|of| change_of(of, &chain.rhs));
        }
        found.is_none()
    });
    // The script may have a function of its own with this name.
    found.filter(|change| ast.iter_functions().all(|own| own.name != change.function))
}

fn literal_type(expr: &Expr) -> Option<LiteralType> {
    match expr {
        Expr::Array(..) => Some(LiteralType::Array),
        Expr::StringConstant(..) | Expr::InterpolatedString(..) => Some(LiteralType::String),
        Expr::DynamicConstant(value, _) => type_of_constant(value),
        Expr::Custom(custom, _) if custom.tokens.first().is_some_and(|token| token == "#{") => {
            Some(LiteralType::Document)
        }
        _ => None,
    }
}

/// Returns the type of a literal that the optimiser has computed.
fn type_of_constant(value: &Dynamic) -> Option<LiteralType> {
    value.is_array().then_some(LiteralType::Array)
}

fn change_of(of: LiteralType, chain: &Expr) -> Option<LostChange> {
    let (call, position) = match chain {
        Expr::MethodCall(call, position) => (call, position),
        Expr::Dot(rest, ..) | Expr::Index(rest, ..) => return change_of(of, &rest.lhs),
        _ => return None,
    };
    let (_, changes) = CHANGES.iter().find(|(known, _)| *known == of)?;
    changes.contains(&call.name.as_str()).then(|| LostChange {
        function: call.name.to_string(),
        of,
        position: *position,
    })
}
