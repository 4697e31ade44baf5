//! Expressions.

use super::Meaning;
use super::kind::Kind;
use super::names::{constant, is_reserved, path};
use super::statements::{checked_name, is_range};
use crate::translate::Language;
use crate::translate::problem::{Problem, Result};
use crate::translate::snake_case::snake_case;
use crate::translate::tree::{
    Binary, Body, Comprehension, Expr, ExprKind, Items, Stmt, StmtKind, TemplatePart, Unary,
};

impl Meaning {
    pub(super) fn expr(&self, expr: Expr) -> Result<Expr> {
        let at = expr.at;
        if let Some(value) = path(&expr).and_then(|path| constant(&path, at)) {
            return Ok(value);
        }
        let kind = match expr.kind {
            ExprKind::Template(parts) => ExprKind::Template(self.parts(parts)?),
            ExprKind::Regex { pattern, flags } => return regex(&pattern, &flags, at),
            ExprKind::Name(name) => return self.name(name, at),
            ExprKind::List(list) => ExprKind::List(Items {
                items: self.exprs(list.items)?,
                ..list
            }),
            ExprKind::Tuple(items) => return Ok(Expr::list(self.exprs(items)?, at)),
            ExprKind::Document(fields) => ExprKind::Document(Items {
                items: fields
                    .items
                    .into_iter()
                    .map(|(name, value)| Ok((name, self.expr(value)?)))
                    .collect::<Result<_>>()?,
                ..fields
            }),
            ExprKind::Member { of, name, optional } => return self.member(*of, name, optional),
            ExprKind::Index { of, index } => return self.index(*of, *index),
            ExprKind::Call(call) => return self.call(call, at),
            ExprKind::Unary { operator, of } => match operator {
                Unary::Not => return Ok(negated(self.condition(*of)?)),
                Unary::Minus => ExprKind::Unary {
                    operator,
                    of: Box::new(self.expr(*of)?),
                },
            },
            ExprKind::Binary {
                operator,
                left,
                right,
            } => return self.binary(operator, *left, *right),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => ExprKind::Conditional {
                condition: Box::new(self.condition(*condition)?),
                then: Box::new(self.expr(*then)?),
                otherwise: Box::new(self.expr(*otherwise)?),
            },
            ExprKind::Function { unpacks: true, .. } => {
                let why = "a pattern such as `[k, v]` is translated only in `Object.entries(doc).forEach(…)`";
                return Err(Problem::new(why, at));
            }
            ExprKind::Function {
                parameters, body, ..
            } => self.function(parameters, body, at)?,
            ExprKind::Comprehension(of) => return self.comprehension(*of, at),
            ExprKind::Range {
                from,
                to,
                inclusive,
            } => ExprKind::Range {
                from: Box::new(self.expr(*from)?),
                to: Box::new(self.expr(*to)?),
                inclusive,
            },
            kind @ (ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Bytes(_)
            | ExprKind::Block(_)) => kind,
        };
        Ok(Expr::new(kind, at))
    }

    pub(super) fn exprs(&self, exprs: Vec<Expr>) -> Result<Vec<Expr>> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    fn parts(&self, parts: Vec<TemplatePart>) -> Result<Vec<TemplatePart>> {
        let parts = parts.into_iter().map(|part| match part {
            TemplatePart::Value(value) => Ok(TemplatePart::Value(self.expr(value)?)),
            text @ TemplatePart::Text(_) => Ok(text),
        });
        parts.collect()
    }

    fn name(&self, name: String, at: usize) -> Result<Expr> {
        if self.functions.contains(&name) {
            let why = format!("write `x => {name}(x)`: the name of a function is not a value here");
            return Err(Problem::new(why, at));
        }
        Ok(Expr::name(&checked_name(name, at)?, at))
    }

    pub(super) fn function(
        &self,
        parameters: Vec<String>,
        body: Body,
        at: usize,
    ) -> Result<ExprKind> {
        let parameters = parameters.into_iter().map(|name| checked_name(name, at));
        Ok(ExprKind::Function {
            parameters: parameters.collect::<Result<_>>()?,
            unpacks: false,
            body: match body {
                Body::Value(value) => Body::Value(Box::new(self.expr(*value)?)),
                Body::Block(statements) => Body::Block(self.statements(statements)?),
            },
        })
    }

    fn member(&self, of: Expr, name: String, optional: bool) -> Result<Expr> {
        let at = of.at;
        let kind = self.inference.kind(&of);
        match kind {
            Kind::Database | Kind::Collection
                if name == "name" && self.language == Language::PyMongo =>
            {
                return Ok(self.expr(of)?.member("name"));
            }
            Kind::Client => return Ok(self.database(self.expr(of)?, &name)),
            Kind::Database => return Ok(self.collection(self.expr(of)?, &name)),
            Kind::Collection if matches!(name.as_str(), "name" | "full_name" | "database") => {
                return Err(Problem::new(
                    format!("`.{name}` of a collection is not translated"),
                    at,
                ));
            }
            Kind::Collection => return Ok(field(self.expr(of)?, &name, optional)),
            Kind::Result | Kind::Error => {
                let ours = snake_case(&name);
                let is_known = match kind {
                    Kind::Result => is_result_field(&name),
                    _ => is_error_field(&ours),
                };
                if !is_known {
                    return Err(Problem::new(format!("`.{name}` is not translated"), at));
                }
                return Ok(field(self.expr(of)?, &ours, optional));
            }
            Kind::List | Kind::Text if name == "length" => {
                return Ok(self.expr(of)?.method("len", Vec::new()));
            }
            Kind::Unknown if name == "length" => {
                let why = "it is not known whether `.length` is a length or a field";
                return Err(Problem::new(why, at));
            }
            Kind::Unknown if is_result_field(&name) && self.language == Language::Mongosh => {
                let why = format!("it is not known whether `.{name}` is of a result or a document");
                return Err(Problem::new(why, at));
            }
            Kind::Unknown | Kind::Document => {}
            _ => return Err(Problem::new(format!("`.{name}` is not translated"), at)),
        }
        // Documents have no attributes in Python, so this is the result of a write.
        let is_result = is_result_field(&name) && name.contains('_');
        if self.language == Language::PyMongo && !is_result {
            return Err(Problem::new(
                format!("the attribute `.{name}` is not translated"),
                at,
            ));
        }
        Ok(field(self.expr(of)?, &name, optional))
    }

    fn index(&self, of: Expr, index: Expr) -> Result<Expr> {
        let at = of.at;
        let is_negative = index.as_integer().is_some_and(|index| index < 0);
        if is_negative && self.language == Language::Mongosh {
            return Err(Problem::new("a negative index is not translated", index.at));
        }
        let of = match (self.inference.kind(&of), index.as_text()) {
            (Kind::Client, Some(name)) => return Ok(self.database(self.expr(of)?, name)),
            (Kind::Database, Some(name)) => return Ok(self.collection(self.expr(of)?, name)),
            (Kind::Cursor, _) => self.expr(of)?.method("to_array", Vec::new()),
            (Kind::Client | Kind::Database | Kind::Collection, _) => self.expr(of)?,
            (Kind::Result, _) => return Err(Problem::new("this index is not translated", at)),
            _ => self.expr(of)?,
        };
        let index = Box::new(self.expr(index)?);
        let of = Box::new(of);
        Ok(Expr::new(ExprKind::Index { of, index }, at))
    }

    /// Returns `client.name`, in another spelling if the name is not a plain word.
    pub(super) fn database(&self, client: Expr, name: &str) -> Expr {
        match name {
            "pool" | "options" | "is_closed" => {
                let name = Expr::text(name, client.at);
                client.method("database", vec![name])
            }
            _ => field(client, name, false),
        }
    }

    /// Returns `db.name`, in another spelling if the name is not a plain word.
    pub(super) fn collection(&self, database: Expr, name: &str) -> Expr {
        match name {
            "name" => {
                let name = Expr::text(name, database.at);
                database.method("collection", vec![name])
            }
            _ => field(database, name, false),
        }
    }

    fn binary(&self, operator: Binary, left: Expr, right: Expr) -> Result<Expr> {
        let at = left.at;
        let (left_kind, right_kind) = (self.inference.kind(&left), self.inference.kind(&right));
        match operator {
            Binary::Or | Binary::And => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                return Ok(Expr::binary(operator, left, right));
            }
            Binary::Divide
                if self.language == Language::Mongosh || right.as_integer().is_none() =>
            {
                let why = "a division of whole numbers is whole here: write `x / 2.0` yourself";
                return Err(Problem::new(why, at));
            }
            Binary::Divide => {
                let divisor = right.as_integer().unwrap_or_default();
                let right = Expr::number(format!("{divisor}.0"), right.at);
                return Ok(Expr::binary(operator, self.expr(left)?, right));
            }
            Binary::Remainder if self.language == Language::PyMongo => {
                return Err(Problem::new("`%` has another meaning in Python", at));
            }
            Binary::Add
                if (left_kind == Kind::List || right_kind == Kind::List)
                    && (left_kind != right_kind || self.language == Language::Mongosh) =>
            {
                return Err(Problem::new("this `+` is not translated", at));
            }
            Binary::Multiply if left_kind == Kind::Text || left_kind == Kind::List => {
                return Err(Problem::new("this `*` is not translated", at));
            }
            Binary::Subtract
                if (left_kind, right_kind) == (Kind::Date, Kind::Date)
                    && self.language == Language::PyMongo =>
            {
                return Err(Problem::new("a difference of dates is a number here", at));
            }
            Binary::In if self.language == Language::Mongosh && right_kind != Kind::Document => {
                return Err(Problem::new("`in` has another meaning in JavaScript", at));
            }
            _ => {}
        }
        Ok(Expr::binary(operator, self.expr(left)?, self.expr(right)?))
    }

    /// Translates a condition. Only `true` and `false` are conditions here.
    pub(super) fn condition(&self, expr: Expr) -> Result<Expr> {
        let at = expr.at;
        let kind = self.inference.kind(&expr);
        let is_logical = matches!(
            expr.kind,
            ExprKind::Unary {
                operator: Unary::Not,
                ..
            } | ExprKind::Binary {
                operator: Binary::And | Binary::Or,
                ..
            }
        );
        if is_logical || kind == Kind::Boolean {
            return self.expr(expr);
        }
        let other = match kind {
            Kind::Document => Expr::new(ExprKind::Null, at),
            Kind::Number => Expr::number(0, at),
            Kind::Text => Expr::text("", at),
            Kind::List if self.language == Language::PyMongo => {
                return Ok(self.expr(expr)?.method("is_empty", Vec::new()).not());
            }
            _ => {
                let null = match self.language {
                    Language::Mongosh => "x != null",
                    Language::PyMongo => "x is not None",
                };
                let why = format!(
                    "only `true` and `false` are conditions: compare, for example `{null}`"
                );
                return Err(Problem::new(why, at));
            }
        };
        Ok(Expr::binary(Binary::NotEqual, self.expr(expr)?, other))
    }

    /// `[value for x in list if condition]` as `filter` and `map`.
    pub(super) fn comprehension(&self, of: Comprehension, at: usize) -> Result<Expr> {
        if is_range(&of.over) {
            return self.collected(of, at);
        }
        let mut list = self.as_list(of.over)?;
        let closure = |value: Expr| -> Result<Expr> {
            let function = ExprKind::Function {
                parameters: vec![checked_name(of.variable.clone(), at)?],
                unpacks: false,
                body: Body::Value(Box::new(value)),
            };
            Ok(Expr::new(function, at))
        };
        if let Some(condition) = of.condition {
            list = list.method("filter", vec![closure(self.condition(condition)?)?]);
        }
        if of.value.as_name() != Some(&of.variable) {
            list = list.method("map", vec![closure(self.expr(of.value)?)?]);
        }
        Ok(list)
    }

    /// A comprehension over a range, as a block that fills a list.
    fn collected(&self, of: Comprehension, at: usize) -> Result<Expr> {
        let name = "list".to_owned();
        let comprehension = ExprKind::Comprehension(Box::new(of));
        let value = Some(Expr::new(comprehension, at));
        let declaration = Stmt::new(
            StmtKind::Let {
                name: name.clone(),
                value,
            },
            at,
        );
        let mut block = self.statements(vec![declaration])?;
        block.push(Stmt::new(StmtKind::Expr(Expr::name(&name, at)), at));
        Ok(Expr::new(ExprKind::Block(block), at))
    }

    /// Translates a value that is used as an array.
    pub(super) fn as_list(&self, expr: Expr) -> Result<Expr> {
        match self.inference.kind(&expr) {
            Kind::Cursor => Ok(self.expr(expr)?.method("to_array", Vec::new())),
            Kind::List | Kind::Unknown => self.expr(expr),
            _ => Err(Problem::new("this value is not a list", expr.at)),
        }
    }
}

/// Returns `of.name`, or `of["name"]` if the name is not a plain word.
pub(super) fn field(of: Expr, name: &str, optional: bool) -> Expr {
    let at = of.at;
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_word && !is_reserved(name) {
        let member = ExprKind::Member {
            of: Box::new(of),
            name: name.to_owned(),
            optional,
        };
        return Expr::new(member, at);
    }
    let index = ExprKind::Index {
        of: Box::new(of),
        index: Box::new(Expr::text(name, at)),
    };
    Expr::new(index, at)
}

fn is_result_field(name: &str) -> bool {
    matches!(
        snake_case(name).as_str(),
        "inserted_id"
            | "inserted_ids"
            | "matched_count"
            | "modified_count"
            | "upserted_id"
            | "deleted_count"
            | "inserted_count"
            | "upserted_count"
    )
}

/// Returns whether errors have this field in mongosh or PyMongo, and here.
fn is_error_field(name: &str) -> bool {
    matches!(
        name,
        "code" | "code_name" | "message" | "details" | "key_pattern" | "key_value" | "write_errors"
    )
}

fn negated(condition: Expr) -> Expr {
    match condition.kind {
        ExprKind::Binary {
            operator: Binary::NotEqual,
            left,
            right,
        } => Expr::binary(Binary::Equal, *left, *right),
        ExprKind::Unary {
            operator: Unary::Not,
            of,
        } => *of,
        _ => condition.not(),
    }
}

/// Returns `Regex(…)`.
pub(super) fn regex(pattern: &str, flags: &str, at: usize) -> Result<Expr> {
    if let Some(flag) = flags.chars().find(|flag| !"imsx".contains(*flag)) {
        let why = format!("the flag `{flag}` of a regular expression is not translated");
        return Err(Problem::new(why, at));
    }
    let mut args = vec![Expr::text(pattern, at)];
    if !flags.is_empty() {
        args.push(Expr::text(flags, at));
    }
    Ok(Expr::name("Regex", at).call(args))
}
