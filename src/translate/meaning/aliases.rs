//! Checks that no value with two names is changed. In JavaScript and Python, both names then see
//! the change. Here, each variable has its own value.

use std::collections::{HashMap, HashSet};

use super::Meaning;
use super::kind::Kind;
use super::names::path;
use crate::translate::problem::{Problem, Result};
use crate::translate::snake_case::snake_case;
use crate::translate::tree::{Call, Expr, ExprKind, Stmt, StmtKind};
use crate::translate::walk::{Node, walk};

/// How the variables of a text are used.
#[derive(Default)]
struct Uses {
    /// The places where a part of the variable's value is changed.
    changed: Vec<(String, usize)>,
    /// Variables that may have a value with another name.
    shared: HashSet<String>,
    /// The places where a variable is an argument of `insertOne` or `insertMany`.
    inserted: Vec<(String, usize)>,
    /// All places where a variable is read.
    read: HashMap<String, Vec<usize>>,
    /// Variables whose documents have their own `_id`.
    with_id: HashSet<String>,
    /// The places where only the length of a variable is read.
    measured: HashSet<usize>,
}

impl Meaning {
    pub(super) fn check_aliases(&self, statements: &[Stmt]) -> Result<()> {
        let mut uses = Uses::default();
        walk(statements, &mut |node| match node {
            Node::Stmt(statement) => self.uses_of_statement(statement, &mut uses),
            Node::Expr(expr) => self.uses_of_expr(expr, &mut uses),
        });
        for (name, at) in &uses.changed {
            if uses.shared.contains(name) {
                let why = format!(
                    "`{name}` is changed and may have a second name: here, each variable has its own value"
                );
                return Err(Problem::new(why, *at));
            }
        }
        for (name, at) in &uses.inserted {
            let reads = uses.read.get(name).into_iter().flatten();
            let mut later = reads.filter(|read| *read > at && !uses.measured.contains(read));
            if let Some(read) = later.next()
                && !uses.with_id.contains(name)
            {
                let why = format!(
                    "the insert adds `_id` to `{name}` only in the driver: use `inserted_id` of the result"
                );
                return Err(Problem::new(why, *read));
            }
        }
        Ok(())
    }

    fn uses_of_statement(&self, statement: &Stmt, uses: &mut Uses) {
        match &statement.kind {
            StmtKind::Let {
                name,
                value: Some(value),
            } => self.bound(name, value, uses),
            StmtKind::Assign { target, value, .. } => match target.as_name() {
                Some(name) => self.bound(name, value, uses),
                None => {
                    uses.changed
                        .extend(root(target).map(|name| (name.to_owned(), target.at)));
                    uses.shared.extend(value.as_name().map(ToOwned::to_owned));
                }
            },
            StmtKind::For {
                variables, over, ..
            } if self.inference.kind(over) != Kind::Cursor => {
                uses.shared.extend(variables.iter().cloned());
            }
            StmtKind::Function { parameters, .. } => uses.shared.extend(parameters.iter().cloned()),
            _ => {}
        }
    }

    /// A variable gets a value.
    fn bound(&self, name: &str, value: &Expr, uses: &mut Uses) {
        if let ExprKind::Document(fields) = &value.kind
            && fields.items.iter().any(|(name, _)| name == "_id")
        {
            uses.with_id.insert(name.to_owned());
        }
        let is_handle = matches!(
            self.inference.kind(value),
            Kind::Client
                | Kind::Database
                | Kind::Collection
                | Kind::Number
                | Kind::Text
                | Kind::Boolean
        );
        let has_name = matches!(
            value.kind,
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. }
        );
        if has_name && !is_handle {
            uses.shared.insert(name.to_owned());
            uses.shared.extend(root(value).map(ToOwned::to_owned));
        }
    }

    fn uses_of_expr(&self, expr: &Expr, uses: &mut Uses) {
        match &expr.kind {
            ExprKind::Name(name) => uses.read.entry(name.clone()).or_default().push(expr.at),
            ExprKind::List(list) => uses.shared.extend(names(list.items.iter())),
            ExprKind::Document(fields) => {
                let values = fields.items.iter().map(|(_, value)| value);
                let values = values.filter(|value| {
                    self.inference.kind(value) == Kind::Unknown
                        || matches!(self.inference.kind(value), Kind::Document | Kind::List)
                });
                uses.shared.extend(names(values));
            }
            ExprKind::Call(call) => self.uses_of_call(call, uses),
            ExprKind::Member { of, name, .. } if name == "length" => {
                uses.measured.insert(of.at);
            }
            _ => {}
        }
    }

    fn uses_of_call(&self, call: &Call, uses: &mut Uses) {
        if path(&call.callee).as_deref() == Some("len") {
            uses.measured.extend(call.args.iter().map(|arg| arg.at));
        }
        let ExprKind::Member { of, name, .. } = &call.callee.kind else {
            return;
        };
        match snake_case(name).as_str() {
            "push" | "append" => {
                uses.changed
                    .extend(root(of).map(|name| (name.to_owned(), of.at)));
                uses.shared.extend(names(call.args.iter()));
            }
            "pop" | "shift" | "delete_field" | "extend" | "update" | "insert" | "splice"
            | "unshift" | "reverse" | "clear"
                if !matches!(self.inference.kind(of), Kind::Collection) =>
            {
                uses.changed
                    .extend(root(of).map(|name| (name.to_owned(), of.at)));
            }
            "insert_one" | "insert_many" => {
                let args = call.args.iter();
                uses.inserted
                    .extend(args.filter_map(|arg| Some((arg.as_name()?.to_owned(), arg.at))));
            }
            // The closure gets the elements themselves.
            "map" | "filter" | "for_each" | "some" | "every" | "find" | "reduce"
                if self.inference.kind(of) != Kind::Cursor =>
            {
                for arg in &call.args {
                    if let ExprKind::Function { parameters, .. } = &arg.kind {
                        uses.shared.extend(parameters.iter().cloned());
                    }
                }
            }
            _ => {}
        }
    }
}

fn names<'a>(exprs: impl Iterator<Item = &'a Expr>) -> impl Iterator<Item = String> {
    exprs.filter_map(|expr| expr.as_name().map(ToOwned::to_owned))
}

/// Returns the variable that `a.b[c]` is a part of.
fn root(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Member { of, .. } | ExprKind::Index { of, .. } => root(of),
        _ => None,
    }
}
