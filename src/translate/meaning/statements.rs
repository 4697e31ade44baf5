//! Statements.

use super::Meaning;
use super::names::{error_kind, is_reserved, path};
use crate::translate::Extent;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{
    Binary, Call, Comprehension, Expr, ExprKind, Handler, Items, Stmt, StmtKind,
};

impl Meaning {
    pub(super) fn statements(&self, statements: Vec<Stmt>) -> Result<Vec<Stmt>> {
        let mut translated = Vec::with_capacity(statements.len());
        for statement in statements {
            let Stmt {
                kind,
                at,
                after_gap,
            } = statement;
            let first = translated.len();
            for kind in self.statement(kind, at)? {
                translated.push(Stmt::new(kind, at));
            }
            if let Some(statement) = translated.get_mut(first) {
                statement.after_gap = after_gap;
            }
        }
        Ok(translated)
    }

    fn statement(&self, kind: StmtKind, at: usize) -> Result<Vec<StmtKind>> {
        let translated = match kind {
            StmtKind::Let { name, value } => return self.declaration(name, value, at),
            StmtKind::Assign {
                target,
                operator,
                value,
            } => StmtKind::Assign {
                target: self.target(target)?,
                operator,
                value: self.expr(value)?,
            },
            StmtKind::Expr(expr) => return self.expression_statement(expr),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => StmtKind::If {
                condition: self.condition(condition)?,
                then: self.statements(then)?,
                otherwise: self.statements(otherwise)?,
            },
            StmtKind::For {
                variables,
                over,
                body,
            } => return self.for_loop(variables, over, body, at),
            StmtKind::While { condition, body } => StmtKind::While {
                condition: self.condition(condition)?,
                body: self.statements(body)?,
            },
            StmtKind::Try { body, handlers } => StmtKind::Try {
                body: self.statements(body)?,
                handlers: vec![self.handler(handlers, at)?],
            },
            StmtKind::Throw(value) => {
                StmtKind::Throw(value.map(|value| self.thrown(value)).transpose()?)
            }
            StmtKind::Return(value) => {
                StmtKind::Return(value.map(|value| self.expr(value)).transpose()?)
            }
            StmtKind::Function {
                name,
                parameters,
                body,
            } => StmtKind::Function {
                name: checked_name(name, at)?,
                parameters: parameters
                    .into_iter()
                    .map(|name| checked_name(name, at))
                    .collect::<Result<_>>()?,
                body: self.statements(body)?,
            },
            StmtKind::Command { word, argument } => {
                return self.command(&word, &argument, at).map(|kind| vec![kind]);
            }
            kind @ (StmtKind::Comment { .. } | StmtKind::Break | StmtKind::Continue) => kind,
        };
        Ok(vec![translated])
    }

    fn declaration(&self, name: String, value: Option<Expr>, at: usize) -> Result<Vec<StmtKind>> {
        let name = checked_name(name, at)?;
        if let Some(Expr {
            kind: ExprKind::Comprehension(of),
            ..
        }) = value
        {
            return self.collect(name, *of, at);
        }
        let value = value.map(|value| self.expr(value)).transpose()?;
        Ok(vec![StmtKind::Let { name, value }])
    }

    /// `list = [value for x in range(10)]`, because a range has no `map`.
    fn collect(&self, name: String, of: Comprehension, at: usize) -> Result<Vec<StmtKind>> {
        if !is_range(&of.over) {
            let value = Some(self.comprehension(of, at)?);
            return Ok(vec![StmtKind::Let { name, value }]);
        }
        let list = Some(Expr::list(Vec::new(), at));
        let push = Expr::name(&name, at).method("push", vec![of.value]);
        let mut body = vec![Stmt::new(StmtKind::Expr(push), at)];
        if let Some(condition) = of.condition {
            let kind = StmtKind::If {
                condition,
                then: body,
                otherwise: Vec::new(),
            };
            body = vec![Stmt::new(kind, at)];
        }
        let mut statements = vec![StmtKind::Let { name, value: list }];
        statements.extend(self.for_loop(vec![of.variable], of.over, body, at)?);
        Ok(statements)
    }

    fn expression_statement(&self, expr: Expr) -> Result<Vec<StmtKind>> {
        let at = expr.at;
        if let ExprKind::Call(call) = &expr.kind
            && let ExprKind::Member { of, name, .. } = &call.callee.kind
            && matches!(name.as_str(), "forEach" | "for_each")
            && let [callback] = call.args.as_slice()
        {
            return self.for_each(of, callback, at);
        }
        Ok(vec![StmtKind::Expr(self.expr(expr)?)])
    }

    /// Makes one handler of all, which looks at the kind of the error.
    fn handler(&self, handlers: Vec<Handler>, at: usize) -> Result<Handler> {
        let variable = handlers.iter().find_map(|handler| handler.variable.clone());
        let catches_all = handlers.iter().all(|handler| handler.classes.is_empty());
        if handlers
            .iter()
            .any(|handler| handler.variable.is_some() && handler.variable != variable)
        {
            return Err(Problem::new(
                "give all errors of one `try` the same name",
                at,
            ));
        }
        let needed = if catches_all {
            variable.clone()
        } else {
            variable.or(Some("err".into()))
        };
        let variable = needed.map(|name| checked_name(name, at)).transpose()?;
        let name = variable.clone().unwrap_or_default();
        let rethrow = Stmt::new(StmtKind::Throw(None), at);
        let is_single = handlers.len() == 1;
        let mut body = vec![rethrow.clone()];
        for handler in handlers.into_iter().rev() {
            let then = self.statements(handler.body)?;
            let condition = kind_condition(&handler.classes, &name, at)?;
            body = match condition {
                None => then,
                Some(condition) if is_single => {
                    let kind = StmtKind::If {
                        condition: negated(condition),
                        then: vec![rethrow.clone()],
                        otherwise: Vec::new(),
                    };
                    std::iter::once(Stmt::new(kind, at)).chain(then).collect()
                }
                Some(condition) => {
                    let otherwise = body;
                    let kind = StmtKind::If {
                        condition,
                        then,
                        otherwise,
                    };
                    vec![Stmt::new(kind, at)]
                }
            };
        }
        Ok(Handler {
            classes: Vec::new(),
            variable,
            body,
        })
    }

    /// `throw new Error("…")` and `raise ValueError("…")` throw the text.
    fn thrown(&self, value: Expr) -> Result<Expr> {
        if let ExprKind::Call(call) = &value.kind
            && let Some(class) = path(&call.callee)
            && (class.ends_with("Error") || class == "Exception")
            && call.named.is_empty()
        {
            return match call.args.as_slice() {
                [message] => self.expr(message.clone()),
                _ => Err(Problem::new("this error is not translated", value.at)),
            };
        }
        self.expr(value)
    }

    /// mongosh's `use shop` and `show dbs`.
    fn command(&self, word: &str, argument: &str, at: usize) -> Result<StmtKind> {
        let db = || Expr::name("db", at);
        let client = || Expr::name("client", at);
        if word == "use" {
            if self.extent == Extent::Line {
                // The prompt has this command too.
                let word = ":use".to_owned();
                let argument = argument.to_owned();
                return Ok(StmtKind::Command { word, argument });
            }
            let value = Some(self.database(client(), argument));
            let name = "db".to_owned();
            return Ok(StmtKind::Let { name, value });
        }
        let shown = match argument {
            "collections" | "tables" => db().method("list_collection_names", Vec::new()),
            "dbs" | "databases" => client().method("list_database_names", Vec::new()),
            "users" => db().method("users", Vec::new()),
            "roles" => db().method("list_roles", Vec::new()),
            "profile" => {
                let order = vec![("ts".to_owned(), Expr::number(-1, at))];
                self.collection(db(), "system.profile")
                    .method("find", Vec::new())
                    .method("sort", vec![Expr::document(order, at)])
                    .method("limit", vec![Expr::number(5, at)])
            }
            "logs" => {
                let fields = vec![("getLog".to_owned(), Expr::text("*", at))];
                let admin = client().member("admin");
                admin
                    .method("command", vec![Expr::document(fields, at)])
                    .member("names")
            }
            _ => {
                return Err(Problem::new(
                    format!("`show {argument}` is not translated"),
                    at,
                ));
            }
        };
        Ok(StmtKind::Expr(shown))
    }

    /// Translates the left side of an assignment.
    fn target(&self, target: Expr) -> Result<Expr> {
        match target.kind {
            ExprKind::Name(name) => Ok(Expr::name(&checked_name(name, target.at)?, target.at)),
            ExprKind::Member { .. } | ExprKind::Index { .. } => self.expr(target),
            _ => Err(Problem::new("this assignment is not translated", target.at)),
        }
    }
}

/// Checks that a variable can have this name.
pub(super) fn checked_name(name: String, at: usize) -> Result<String> {
    if name == "_" {
        return Ok("_unused".into());
    }
    let is_valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_reserved(&name) || !is_valid {
        return Err(Problem::new(
            format!("a variable cannot be called `{name}`"),
            at,
        ));
    }
    Ok(name)
}

pub(super) fn is_range(over: &Expr) -> bool {
    matches!(&over.kind, ExprKind::Call(Call { callee, .. }) if callee.as_name() == Some("range"))
}

/// Returns the condition under which a handler is meant, or `None` if it is meant for all errors.
fn kind_condition(classes: &[Expr], variable: &str, at: usize) -> Result<Option<Expr>> {
    let mut kinds = Vec::new();
    for class in classes {
        let name = path(class).unwrap_or_default();
        if name == "Exception" || name == "BaseException" {
            return Ok(None);
        }
        let kind = error_kind(&name).ok_or_else(|| {
            Problem::new(
                format!("there is no single kind of error for `{name}`"),
                class.at,
            )
        })?;
        kinds.push(Expr::name(&format!("errors::{kind}"), at));
    }
    let kind = Expr::name(variable, at).member("kind");
    Ok(match kinds.len() {
        0 => None,
        1 => Some(Expr::binary(Binary::Equal, kind, kinds.remove(0))),
        _ => Some(Expr::binary(Binary::In, kind, Expr::list(kinds, at))),
    })
}

fn negated(condition: Expr) -> Expr {
    match condition.kind {
        ExprKind::Binary {
            operator: Binary::Equal,
            left,
            right,
        } => Expr::binary(Binary::NotEqual, *left, *right),
        _ => condition.not(),
    }
}

/// Returns the fields of a literal document.
pub(super) fn fields_of(expr: &Expr) -> Option<&Items<(String, Expr)>> {
    match &expr.kind {
        ExprKind::Document(fields) => Some(fields),
        _ => None,
    }
}
