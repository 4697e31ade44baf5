//! Calls of functions and methods.

use super::Meaning;
use super::kind::Kind;
use super::names::path;
use crate::translate::Language;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{Body, Call, Expr, ExprKind, Stmt, StmtKind};

impl Meaning {
    pub(super) fn call(&self, call: Call, at: usize) -> Result<Expr> {
        if let Some(path) = path(&call.callee)
            && let Some(expr) = self.function_call(&path, &call, at)?
        {
            return Ok(expr);
        }
        match &call.callee.kind {
            ExprKind::Name(name) => self.own_function(name, &call, at),
            ExprKind::Member { of, name, optional } => {
                if *optional {
                    return Err(Problem::new("`?.` before a method is not translated", at));
                }
                self.method_call(of, name, &call)
            }
            _ => Err(Problem::new("this call is not translated", at)),
        }
    }

    /// A call of a function of the text itself.
    fn own_function(&self, name: &str, call: &Call, at: usize) -> Result<Expr> {
        let is_closure = self.inference.kind(&call.callee) == Kind::Function;
        if !call.named.is_empty() {
            let why = format!("the named arguments of `{name}` are not translated");
            return Err(Problem::new(why, at));
        }
        let callee = Expr::name(name, at);
        let args = self.exprs(call.args.clone())?;
        if is_closure {
            return Ok(callee.method("call", args));
        }
        if !self.functions.contains(name) {
            return Err(Problem::new(format!("`{name}` is not translated"), at));
        }
        Ok(callee.call(args))
    }

    fn method_call(&self, of: &Expr, name: &str, call: &Call) -> Result<Expr> {
        let at = of.at;
        // The name of a method stands after the receiver.
        let unknown = || Problem::new(format!("the method `{name}` is not translated"), at);
        let method = self.inference.method(of, name, call).ok_or_else(unknown)?;
        let in_session;
        let call = match self.inference.session_of(of) {
            Some(session) if method.receiver == Kind::Collection => {
                let session = ("session".to_owned(), Expr::name(session, at));
                let mut call = call.clone();
                call.named.push(session);
                in_session = call;
                &in_session
            }
            _ => call,
        };
        if let Some(expr) = self.special(&method, of, call)? {
            return Ok(expr);
        }
        if method.ours.is_empty() {
            return Err(unknown());
        }
        self.check_callbacks(name, call)?;
        let args = self.arguments(&method, call)?;
        Ok(self.with_arguments(self.expr(of.clone())?, method.ours, args, call.multiline))
    }

    /// Returns `of.name(args)`, on as many lines as the call of the source.
    pub(super) fn with_arguments(
        &self,
        of: Expr,
        name: &str,
        args: Vec<Expr>,
        multiline: bool,
    ) -> Expr {
        let at = of.at;
        let call = Call {
            callee: Box::new(of.member(name)),
            args,
            named: Vec::new(),
            multiline,
            is_new: false,
        };
        Expr::new(ExprKind::Call(call), at)
    }

    /// A closure must take the parameters that the method gives it here.
    fn check_callbacks(&self, name: &str, call: &Call) -> Result<()> {
        let wanted = if name == "reduce" { 2 } else { 1 };
        let is_array_method = matches!(
            name,
            "map" | "filter" | "some" | "every" | "find" | "reduce" | "all"
        );
        let callbacks = call.args.iter().filter_map(|arg| match &arg.kind {
            ExprKind::Function {
                parameters,
                unpacks: false,
                body,
            } => Some((parameters, body, arg.at)),
            _ => None,
        });
        for (parameters, body, at) in callbacks.filter(|_| is_array_method) {
            if parameters.len() != wanted {
                let why = format!("the number of parameters of this callback is not {wanted}");
                return Err(Problem::new(why, at));
            }
            let returns = match body {
                Body::Value(_) => true,
                Body::Block(statements) => matches!(
                    statements.last(),
                    Some(Stmt {
                        kind: StmtKind::Return(Some(_)),
                        ..
                    })
                ),
            };
            if !returns {
                return Err(Problem::new("this callback does not end with `return`", at));
            }
        }
        let lacks_initial = name == "reduce" && call.args.len() != 2;
        if lacks_initial && self.language == Language::Mongosh {
            let at = call.callee.at;
            return Err(Problem::new("give `reduce` a start value", at));
        }
        Ok(())
    }
}
