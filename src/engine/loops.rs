//! The places of `for` loops. Rhai does not tell an iterator where its loop is.

use std::collections::HashSet;

use rhai::{AST, ASTNode, Expr, Position, Stmt};

use super::field_loops::inner;
use crate::record::{Place, Recorder, VariableUse};

/// Tells the recorder about each loop over the result of a call, such as
/// `for d in db.orders.find()`, and about each variable that may hold such a result. The place of
/// the call then says which loop it is.
pub fn record_loops(ast: &AST, source: &str, recorder: &Recorder) {
    let functions: HashSet<&str> = ast.iter_functions().map(|function| function.name).collect();
    let place = |position: Position| {
        Some(recorder.place(source, position.line()?, position.position().unwrap_or(1)))
    };
    ast.walk(&mut |path: &[ASTNode]| {
        match path {
            [.., ASTNode::Stmt(Stmt::For(parts, position))] => {
                let call = last_call(inner(&parts.2.expr)).and_then(place);
                if let Some((call, place)) = call.zip(place(*position)) {
                    recorder.add_loop(call, place);
                }
            }
            [.., ASTNode::Stmt(Stmt::Var(parts, ..))] => {
                let usage = VariableUse::Defined(last_call(&parts.1).and_then(place));
                recorder.add_use(source, &parts.0.name, usage, path.len() == 1);
            }
            [
                before @ ..,
                ASTNode::Expr(node @ Expr::Variable(variable, ..)),
            ] => {
                if let Some(usage) = usage(before, node, &functions, &place) {
                    recorder.add_use(source, &variable.1, usage, before.len() == 1);
                }
            }
            _ => {}
        }
        true
    });
}

/// Returns how a variable is used inside `path`; `None` for the receiver of a method.
fn usage(
    path: &[ASTNode],
    variable: &Expr,
    functions: &HashSet<&str>,
    place: &impl Fn(Position) -> Option<Place>,
) -> Option<VariableUse> {
    let path = match path {
        [before @ .., ASTNode::Expr(expr)] if !std::ptr::eq(inner(expr), *expr) => before,
        _ => path,
    };
    match path.last() {
        Some(ASTNode::Stmt(Stmt::For(_, position))) => place(*position).map(VariableUse::Loop),
        Some(ASTNode::Stmt(Stmt::Assignment(parts))) if std::ptr::eq(&parts.1.lhs, variable) => {
            let call = last_call(&parts.1.rhs).and_then(place);
            Some(VariableUse::Assigned(call))
        }
        // A closure has a parameter with the same name, whose uses are added too.
        Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
            if call.name == "curry" =>
        {
            None
        }
        Some(ASTNode::Expr(Expr::Dot(parts, ..))) => match first_method(&parts.rhs) {
            // A function of the script gets it as `this`.
            Some(method) if functions.contains(method) => Some(VariableUse::PassedOn),
            _ => None,
        },
        _ => Some(VariableUse::PassedOn),
    }
}

/// Returns the place of the call whose result is the value of an expression.
fn last_call(expression: &Expr) -> Option<Position> {
    match expression {
        Expr::Dot(parts, ..) => last_call(&parts.rhs),
        Expr::MethodCall(_, position) | Expr::FnCall(_, position) => Some(*position),
        _ => None,
    }
}

/// Returns the name of the first method in a chain of calls.
fn first_method(chain: &Expr) -> Option<&str> {
    match chain {
        Expr::Dot(parts, ..) => first_method(&parts.lhs),
        Expr::MethodCall(call, _) => Some(&call.name),
        _ => None,
    }
}
