//! The places of `for` loops. Rhai does not tell an iterator where its loop is.

use rhai::{AST, ASTNode, Expr, Position, Stmt};

use crate::record::Recorder;

/// Tells the recorder about each loop directly over the result of a call, such as
/// `for d in db.orders.find()`. The place of the call then says which loop it is.
pub fn record_loops(ast: &AST, source: &str, recorder: &Recorder) {
    let place = |position: Position| {
        Some(recorder.place(source, position.line()?, position.position().unwrap_or(1)))
    };
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::For(parts, position))) = path.last()
            && let Some(call) = last_call(&parts.2.expr).and_then(place)
            && let Some(place) = place(*position)
        {
            recorder.add_loop(call, place);
        }
        true
    });
}

/// Returns the place of the call whose result is the value of an expression.
fn last_call(expression: &Expr) -> Option<Position> {
    match expression {
        Expr::Dot(parts, ..) => last_call(&parts.rhs),
        Expr::MethodCall(_, position) | Expr::FnCall(_, position) => Some(*position),
        _ => None,
    }
}
