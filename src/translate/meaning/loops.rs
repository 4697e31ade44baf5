//! Loops.

use super::Meaning;
use super::kind::Kind;
use super::names::path;
use super::statements::checked_name;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{Body, Expr, ExprKind, Handler, Stmt, StmtKind};
use crate::translate::walk::{Part, parts_of_stmt};

impl Meaning {
    /// `list.forEach(x => …)` as a loop.
    pub(super) fn for_each(
        &self,
        over: &Expr,
        callback: &Expr,
        at: usize,
    ) -> Result<Vec<StmtKind>> {
        let (variables, body) = match &callback.kind {
            ExprKind::Function {
                parameters,
                unpacks,
                body,
            } if !parameters.is_empty() => {
                let body = match body {
                    Body::Value(value) => vec![Stmt::new(StmtKind::Expr((**value).clone()), at)],
                    Body::Block(body) => body.clone(),
                };
                let body = returns_as_continue(body)?;
                if *unpacks {
                    return self.for_loop(parameters.clone(), over.clone(), body, at);
                }
                (parameters.clone(), body)
            }
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                let variable = "doc".to_owned();
                let call = callback.clone().call(vec![Expr::name(&variable, at)]);
                (vec![variable], vec![Stmt::new(StmtKind::Expr(call), at)])
            }
            _ => return Err(Problem::new("this callback is not translated", callback.at)),
        };
        if variables.len() == 2 {
            return self.loop_over(variables, self.iterated(over.clone())?, body, at);
        }
        self.for_loop(variables, over.clone(), body, at)
    }

    pub(super) fn for_loop(
        &self,
        variables: Vec<String>,
        over: Expr,
        body: Vec<Stmt>,
        at: usize,
    ) -> Result<Vec<StmtKind>> {
        if let ExprKind::Call(call) = &over.kind {
            let callee = path(&call.callee);
            match (
                callee.as_deref(),
                variables.as_slice(),
                call.args.as_slice(),
            ) {
                (Some("range"), [_], args) => {
                    let range = self.range(args, over.at)?;
                    return self.loop_over(variables, range, body, at);
                }
                (Some("enumerate"), [index, item], [list]) if call.named.is_empty() => {
                    // Here, the position comes last.
                    let variables = vec![item.clone(), index.clone()];
                    return self.loop_over(variables, self.iterated(list.clone())?, body, at);
                }
                (Some("Object.entries"), [name, value], [of]) => {
                    return self.loop_over_fields(name, value, of, body);
                }
                _ => {}
            }
            if let (ExprKind::Member { of, name, .. }, [_, _], []) = (
                &call.callee.kind,
                variables.as_slice(),
                call.args.as_slice(),
            ) && name == "items"
            {
                return self.loop_over(variables, self.expr((**of).clone())?, body, at);
            }
        }
        if variables.len() > 1 {
            return Err(Problem::new(
                "this loop with several variables is not translated",
                at,
            ));
        }
        let over = self.iterated(over)?;
        self.loop_over(variables, over, body, at)
    }

    fn loop_over(
        &self,
        variables: Vec<String>,
        over: Expr,
        body: Vec<Stmt>,
        at: usize,
    ) -> Result<Vec<StmtKind>> {
        let variables = variables.into_iter().map(|name| checked_name(name, at));
        Ok(vec![StmtKind::For {
            variables: variables.collect::<Result<_>>()?,
            over,
            body: self.statements(body)?,
        }])
    }

    /// `for (const [name, value] of Object.entries(doc))`. An array has entries too, so what may be
    /// an array is read by its keys, which only documents have.
    fn loop_over_fields(
        &self,
        name: &str,
        value: &str,
        of: &Expr,
        mut body: Vec<Stmt>,
    ) -> Result<Vec<StmtKind>> {
        let at = of.at;
        if self.inference.kind(of) == Kind::Document {
            let variables = vec![name.to_owned(), value.to_owned()];
            return self.loop_over(variables, self.expr(of.clone())?, body, at);
        }
        if self.inference.kind(of) != Kind::Unknown || path(of).is_none() {
            let why = "it is not known whether this is a document";
            return Err(Problem::new(why, at));
        }
        let field = ExprKind::Index {
            of: Box::new(of.clone()),
            index: Box::new(Expr::name(name, at)),
        };
        let field = StmtKind::Let {
            name: value.to_owned(),
            value: Some(Expr::new(field, at)),
        };
        body.insert(0, Stmt::new(field, at));
        let keys = self.expr(of.clone())?.method("keys", Vec::new());
        self.loop_over(vec![name.to_owned()], keys, body, at)
    }

    /// Translates what a loop goes through.
    fn iterated(&self, over: Expr) -> Result<Expr> {
        match self.inference.kind(&over) {
            Kind::Text | Kind::Document | Kind::Number => Err(Problem::new(
                "a loop over this value is not translated",
                over.at,
            )),
            _ => self.expr(over),
        }
    }

    /// `range(n)`, `range(a, b)` and `range(a, b, step)`.
    fn range(&self, args: &[Expr], at: usize) -> Result<Expr> {
        let args = args.iter().cloned().map(|arg| self.expr(arg));
        let args = args.collect::<Result<Vec<_>>>()?;
        let (from, to) = match <[Expr; 1]>::try_from(args) {
            Ok([to]) => (Expr::number(0, at), to),
            Err(args) => match <[Expr; 2]>::try_from(args) {
                Ok([from, to]) => (from, to),
                Err(args) => return Ok(Expr::name("range", at).call(args)),
            },
        };
        let range = ExprKind::Range {
            from: Box::new(from),
            to: Box::new(to),
            inclusive: false,
        };
        Ok(Expr::new(range, at))
    }
}

/// Makes a body of a loop from the body of a callback: `return` goes on with the next element.
fn returns_as_continue(body: Vec<Stmt>) -> Result<Vec<Stmt>> {
    let mut loop_body = Vec::with_capacity(body.len());
    for mut statement in body {
        statement.kind = match statement.kind {
            StmtKind::Return(None) => StmtKind::Continue,
            StmtKind::Return(Some(value)) => {
                let at = value.at;
                return Err(Problem::new("a value of a callback is not used here", at));
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => StmtKind::If {
                condition,
                then: returns_as_continue(then)?,
                otherwise: returns_as_continue(otherwise)?,
            },
            StmtKind::Try { body, handlers } => StmtKind::Try {
                body: returns_as_continue(body)?,
                handlers: handlers
                    .into_iter()
                    .map(|handler| {
                        let body = returns_as_continue(handler.body)?;
                        Ok(Handler { body, ..handler })
                    })
                    .collect::<Result<_>>()?,
            },
            kind @ (StmtKind::For { .. } | StmtKind::While { .. }) => {
                refuse_returns(&Stmt::new(kind.clone(), statement.at))?;
                kind
            }
            kind => kind,
        };
        loop_body.push(statement);
    }
    Ok(loop_body)
}

/// A `return` inside a loop of a callback cannot become `continue`.
fn refuse_returns(statement: &Stmt) -> Result<()> {
    if let StmtKind::Return(_) = statement.kind {
        let why = "a `return` from a loop inside a callback is not translated";
        return Err(Problem::new(why, statement.at));
    }
    for part in parts_of_stmt(statement) {
        if let Part::Block(block) = part {
            block.iter().try_for_each(refuse_returns)?;
        }
    }
    Ok(())
}
