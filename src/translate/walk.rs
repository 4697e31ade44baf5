//! Visits all parts of a tree.

use super::tree::{Body, Expr, ExprKind, Stmt, StmtKind, TemplatePart};

/// A part of a tree.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
}

/// Calls `visit` for all statements and expressions, also those inside functions, in the order of
/// the source.
pub(super) fn walk<'a>(statements: &'a [Stmt], visit: &mut dyn FnMut(Node<'a>)) {
    for statement in statements {
        visit(Node::Stmt(statement));
        for part in parts_of_stmt(statement) {
            walk_part(part, visit);
        }
    }
}

/// A direct part of a statement or an expression.
pub(super) enum Part<'a> {
    Expr(&'a Expr),
    Block(&'a [Stmt]),
}

fn walk_part<'a>(part: Part<'a>, visit: &mut dyn FnMut(Node<'a>)) {
    match part {
        Part::Block(statements) => walk(statements, visit),
        Part::Expr(expr) => {
            visit(Node::Expr(expr));
            for part in parts_of_expr(expr) {
                walk_part(part, visit);
            }
        }
    }
}

/// Returns the direct parts of a statement.
pub(super) fn parts_of_stmt(statement: &Stmt) -> Vec<Part<'_>> {
    use Part::{Block, Expr};
    match &statement.kind {
        StmtKind::Let { value, .. } | StmtKind::Throw(value) | StmtKind::Return(value) => {
            value.iter().map(Expr).collect()
        }
        StmtKind::Assign { target, value, .. } => vec![Expr(target), Expr(value)],
        StmtKind::Expr(expr) => vec![Expr(expr)],
        StmtKind::If {
            condition,
            then,
            otherwise,
        } => vec![Expr(condition), Block(then), Block(otherwise)],
        StmtKind::For { over, body, .. } => vec![Expr(over), Block(body)],
        StmtKind::While { condition, body } => vec![Expr(condition), Block(body)],
        StmtKind::Try { body, handlers } => {
            let handlers = handlers.iter().map(|handler| Block(&handler.body));
            std::iter::once(Block(body)).chain(handlers).collect()
        }
        StmtKind::Function { body, .. } => vec![Block(body)],
        StmtKind::Comment { .. }
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Command { .. } => Vec::new(),
    }
}

/// Returns the direct parts of an expression.
pub(super) fn parts_of_expr(expr: &Expr) -> Vec<Part<'_>> {
    use Part::Block;
    match &expr.kind {
        ExprKind::Template(parts) => parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Value(value) => Some(Part::Expr(value)),
                TemplatePart::Text(_) => None,
            })
            .collect(),
        ExprKind::List(list) => list.items.iter().map(Part::Expr).collect(),
        ExprKind::Tuple(items) => items.iter().map(Part::Expr).collect(),
        ExprKind::Document(fields) => fields
            .items
            .iter()
            .map(|(_, value)| Part::Expr(value))
            .collect(),
        ExprKind::Member { of, .. } | ExprKind::Unary { of, .. } => vec![Part::Expr(of)],
        ExprKind::Index { of, index } => vec![Part::Expr(of), Part::Expr(index)],
        ExprKind::Call(call) => {
            let named = call.named.iter().map(|(_, value)| value);
            let args = call.args.iter().chain(named);
            std::iter::once(call.callee.as_ref())
                .chain(args)
                .map(Part::Expr)
                .collect()
        }
        ExprKind::Binary { left, right, .. } => vec![Part::Expr(left), Part::Expr(right)],
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => vec![
            Part::Expr(condition),
            Part::Expr(then),
            Part::Expr(otherwise),
        ],
        ExprKind::Function { body, .. } => match body {
            Body::Value(value) => vec![Part::Expr(value)],
            Body::Block(statements) => vec![Block(statements)],
        },
        ExprKind::Comprehension(of) => {
            let condition = of.condition.iter();
            [&of.over, &of.value]
                .into_iter()
                .chain(condition)
                .map(Part::Expr)
                .collect()
        }
        ExprKind::Block(statements) => vec![Block(statements)],
        ExprKind::Range { from, to, .. } => vec![Part::Expr(from), Part::Expr(to)],
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Bytes(_)
        | ExprKind::Regex { .. }
        | ExprKind::Name(_) => Vec::new(),
    }
}
