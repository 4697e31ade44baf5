//! Checks that each variable is seen where it is used. Here, a variable belongs to its block, and a
//! function sees only its parameters.

use std::collections::HashSet;

use super::Meaning;
use super::names::is_known;
use crate::translate::Extent;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{Body, Expr, ExprKind, Stmt, StmtKind};
use crate::translate::walk::{Part, parts_of_expr, parts_of_stmt};

/// The open blocks, the innermost last.
struct Scopes<'a> {
    meaning: &'a Meaning,
    blocks: Vec<HashSet<String>>,
    /// The first block of the innermost function.
    function: usize,
    /// The variables of blocks that are closed.
    closed: HashSet<String>,
}

impl Meaning {
    pub(super) fn check_scopes(&self, statements: &[Stmt]) -> Result<()> {
        let mut scopes = Scopes {
            meaning: self,
            blocks: Vec::new(),
            function: 0,
            closed: HashSet::new(),
        };
        scopes.block(statements, &[])
    }
}

impl Scopes<'_> {
    fn block(&mut self, statements: &[Stmt], variables: &[String]) -> Result<()> {
        self.blocks.push(variables.iter().cloned().collect());
        for statement in statements {
            self.statement(statement)?;
        }
        self.closed.extend(self.blocks.pop().unwrap_or_default());
        Ok(())
    }

    fn statement(&mut self, statement: &Stmt) -> Result<()> {
        match &statement.kind {
            StmtKind::Let { name, value } => {
                if let Some(value) = value {
                    self.expr(value)?;
                }
                self.declare(name);
            }
            // mongosh's `use` changes `db` for what follows.
            StmtKind::Command { word, .. } if word == "use" => self.declare("db"),
            StmtKind::For {
                variables,
                over,
                body,
            } => {
                self.expr(over)?;
                self.block(body, variables)?;
            }
            StmtKind::Try { body, handlers } => {
                self.block(body, &[])?;
                for handler in handlers {
                    let variables: Vec<String> = handler.variable.iter().cloned().collect();
                    self.block(&handler.body, &variables)?;
                }
            }
            StmtKind::Function {
                parameters, body, ..
            } => {
                if self.blocks.len() > 1 {
                    let why = "a function inside a block or a function is not translated";
                    return Err(Problem::new(why, statement.at));
                }
                let outside = std::mem::replace(&mut self.function, self.blocks.len());
                self.block(body, parameters)?;
                self.function = outside;
            }
            _ => self.parts(parts_of_stmt(statement))?,
        }
        Ok(())
    }

    fn parts(&mut self, parts: Vec<Part>) -> Result<()> {
        parts.into_iter().try_for_each(|part| match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(statements) => self.block(statements, &[]),
        })
    }

    fn expr(&mut self, expr: &Expr) -> Result<()> {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.at),
            ExprKind::Function {
                parameters, body, ..
            } => match body {
                Body::Block(statements) => self.block(statements, parameters),
                Body::Value(value) => self.with_variables(parameters, &[value]),
            },
            ExprKind::Comprehension(of) => {
                self.expr(&of.over)?;
                let parts: Vec<&Expr> = std::iter::once(&of.value).chain(&of.condition).collect();
                self.with_variables(std::slice::from_ref(&of.variable), &parts)
            }
            ExprKind::Call(call) if call.callee.as_name().is_some() => {
                // The names of functions are checked where the call is translated.
                let named = call.named.iter().map(|(_, value)| value);
                call.args
                    .iter()
                    .chain(named)
                    .try_for_each(|arg| self.expr(arg))?;
                let callee = call.callee.as_name().unwrap_or_default();
                let is_variable = self.blocks.iter().any(|block| block.contains(callee));
                if is_variable {
                    self.name(callee, expr.at)
                } else {
                    Ok(())
                }
            }
            _ => self.parts(parts_of_expr(expr)),
        }
    }

    fn with_variables(&mut self, variables: &[String], exprs: &[&Expr]) -> Result<()> {
        self.blocks.push(variables.iter().cloned().collect());
        exprs.iter().try_for_each(|expr| self.expr(expr))?;
        self.blocks.pop();
        Ok(())
    }

    fn declare(&mut self, name: &str) {
        if let Some(block) = self.blocks.last_mut() {
            block.insert(name.to_owned());
        }
    }

    fn name(&self, name: &str, at: usize) -> Result<()> {
        let place = self.blocks.iter().rposition(|block| block.contains(name));
        match place {
            Some(place) if place < self.function => {
                let why = format!("a function does not see `{name}` here: make it a parameter");
                Err(Problem::new(why, at))
            }
            Some(_) => Ok(()),
            None if self.closed.contains(name) => {
                let why = format!(
                    "`{name}` belongs to the block that sets it first: set it before the block"
                );
                Err(Problem::new(why, at))
            }
            None if self.meaning.extent == Extent::Line
                || is_known(name)
                || self.meaning.functions.contains(name) =>
            {
                Ok(())
            }
            None => Err(Problem::new(format!("there is no variable `{name}`"), at)),
        }
    }
}
