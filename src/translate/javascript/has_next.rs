//! `while (cursor.hasNext())`.

use crate::translate::tree::{Expr, ExprKind, Stmt, StmtKind};
use crate::translate::walk::{Node, walk};

/// Returns `while (c.hasNext()) { const doc = c.next(); … }` as a loop over the cursor, and every
/// other loop as it is.
pub(super) fn as_loop(condition: Expr, body: Vec<Stmt>) -> StmtKind {
    match over_cursor(&condition, &body) {
        Some(over_cursor) => over_cursor,
        None => StmtKind::While { condition, body },
    }
}

fn over_cursor(condition: &Expr, body: &[Stmt]) -> Option<StmtKind> {
    let cursor = receiver(condition, "hasNext")?;
    let mut reads = 0;
    walk(body, &mut |node| {
        if let Node::Expr(expr) = node {
            reads += usize::from(expr.as_name() == cursor.as_name());
        }
    });
    let (first, rest) = body.split_first()?;
    let is_next = |expr: &Expr| receiver(expr, "next").map(Expr::as_name) == Some(cursor.as_name());
    let (variable, body) = match &first.kind {
        StmtKind::Let {
            name,
            value: Some(value),
        } if is_next(value) => (name.clone(), rest.to_vec()),
        StmtKind::Expr(Expr {
            kind: ExprKind::Call(call),
            at,
        }) if matches!(call.args.as_slice(), [arg] if is_next(arg)) => {
            let doc = Expr::name("doc", *at);
            let print = (*call.callee).clone().call(vec![doc]);
            let print = Stmt::new(StmtKind::Expr(print), first.at);
            let body = std::iter::once(print).chain(rest.iter().cloned());
            ("doc".to_owned(), body.collect())
        }
        _ => return None,
    };
    (reads == 1).then(|| StmtKind::For {
        variables: vec![variable],
        over: cursor.clone(),
        body,
    })
}

/// Returns the variable before `.name()`.
fn receiver<'a>(expr: &'a Expr, name: &str) -> Option<&'a Expr> {
    let ExprKind::Call(call) = &expr.kind else {
        return None;
    };
    match &call.callee.kind {
        ExprKind::Member {
            of, name: found, ..
        } if found == name && call.args.is_empty() => of.as_name().map(|_| of.as_ref()),
        _ => None,
    }
}
