//! Methods that become something else than one method with the same arguments.

use super::Meaning;
use super::functions::only;
use super::kind::Kind;
use super::methods::{Method, method};
use super::names::path;
use super::statements::fields_of;
use crate::translate::Language;
use crate::translate::problem::{Problem, Result};
use crate::translate::snake_case::snake_case;
use crate::translate::tree::{Binary, Call, Expr, ExprKind, Items};

impl Meaning {
    /// Translates a call of a special method. Returns `None` for all other methods.
    pub(super) fn special(&self, method: &Method, of: &Expr, call: &Call) -> Result<Option<Expr>> {
        let at = of.at;
        let receiver = || self.expr(of.clone());
        let made = match (method.receiver, method.name) {
            (Kind::Collection, _) => return self.special_collection(method.name, of, call),
            (Kind::Cursor, _) => return self.special_cursor(method.name, of, call),
            (Kind::Database, _) => return self.special_database(method.name, of, call),
            (Kind::Bucket, _) => return self.special_bucket(method.name, of, call),
            (Kind::Client, "get_database" | "get_db" | "db") => {
                let name = only(call, at)?;
                match name.as_text() {
                    Some(name) => self.database(receiver()?, name),
                    None => receiver()?.method("database", vec![self.expr(name.clone())?]),
                }
            }
            (Kind::Session, "get_database") => {
                let client = of.as_name().and_then(|name| self.inference.client_of(name));
                let client = client
                    .ok_or_else(|| Problem::new("the client of this session is not known", at))?;
                let name = only(call, at)?.as_text();
                let name =
                    name.ok_or_else(|| Problem::new("this database is not translated", at))?;
                self.database(self.expr(client.clone())?, name)
            }
            (Kind::List, "to_array") => receiver()?,
            // `"-".join(list)` in Python, `list.join("-")` in JavaScript.
            (Kind::Text, "join") if self.language == Language::PyMongo => {
                let list = self.as_list(only(call, at)?.clone())?;
                list.method("join", vec![receiver()?])
            }
            (Kind::List, "join") if self.language == Language::Mongosh => {
                receiver()?.method("join", vec![self.expr(only(call, at)?.clone())?])
            }
            (Kind::List, "concat") => {
                let other = only(call, at)?;
                if self.inference.kind(other) != Kind::List {
                    return Err(Problem::new(
                        "it is not known whether this is a list",
                        other.at,
                    ));
                }
                Expr::binary(Binary::Add, receiver()?, self.expr(other.clone())?)
            }
            (Kind::Document, "get") => self.get(of, call)?,
            (Kind::ObjectId, "get_timestamp") => receiver()?.member("timestamp"),
            (Kind::Date, "get_time" | "value_of") => receiver()?.member("timestamp_ms"),
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// `doc.get("a")` and `doc.get("a", 0)`.
    fn get(&self, of: &Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let value = |name: &Expr| -> Result<Expr> {
            let index = ExprKind::Index {
                of: Box::new(self.expr(of.clone())?),
                index: Box::new(self.expr(name.clone())?),
            };
            Ok(Expr::new(index, at))
        };
        match call.args.as_slice() {
            [name] => value(name),
            [name, default] if of.as_name().is_some() => {
                let has =
                    Expr::binary(Binary::In, self.expr(name.clone())?, self.expr(of.clone())?);
                let conditional = ExprKind::Conditional {
                    condition: Box::new(has),
                    then: Box::new(value(name)?),
                    otherwise: Box::new(self.expr(default.clone())?),
                };
                Ok(Expr::new(conditional, at))
            }
            _ => Err(Problem::new("this `get` is not translated", at)),
        }
    }

    fn special_collection(&self, name: &str, of: &Expr, call: &Call) -> Result<Option<Expr>> {
        let at = of.at;
        let receiver = || self.expr(of.clone());
        let arg = |index: usize| call.args.get(index);
        let as_method = |ours: &str, call: &Call| -> Result<Option<Expr>> {
            let method = method(Kind::Collection, ours)
                .ok_or_else(|| Problem::new("this call is not translated", at))?;
            let args = self.arguments(&method, call)?;
            Ok(Some(self.with_arguments(
                receiver()?,
                method.ours,
                args,
                call.multiline,
            )))
        };
        let has_session = self.inference.session_of(of).is_some();
        if has_session && matches!(name, "insert" | "remove" | "update" | "find_and_modify") {
            let why = format!("`{name}` is not translated in a session");
            return Err(Problem::new(why, at));
        }
        let made = match name {
            "create_index" => self.create_index(receiver()?, call)?,
            "create_indexes" => self.create_indexes(receiver()?, call)?,
            "drop_index" => {
                let index = match arg(0).map(|index| self.key_spec(index)).transpose()? {
                    Some(index) if fields_of(&index).is_some() => index_name(&index)?,
                    Some(index) => index,
                    None => return Err(Problem::new("expected the name of an index", at)),
                };
                receiver()?.method("drop_index", vec![index])
            }
            // mongosh also takes the stages one by one.
            "aggregate" if arg(0).is_some_and(|first| fields_of(first).is_some()) => {
                let stages = Expr::list(self.exprs(call.args.clone())?, at);
                receiver()?.method("aggregate", vec![stages])
            }
            "bulk_write" => self.bulk_write(receiver()?, call)?,
            "insert" => match arg(0).map(|first| &first.kind) {
                Some(ExprKind::Document(_)) => return as_method("insert_one", call),
                Some(ExprKind::List(_)) => return as_method("insert_many", call),
                _ => return Err(Problem::new("write `insertOne` or `insertMany`", at)),
            },
            "remove" => self.remove(receiver()?, call)?,
            "update" => {
                return self
                    .update(call, at)
                    .and_then(|(ours, call)| as_method(ours, &call));
            }
            "count" => return as_method("count_documents", call),
            "stats" | "validate" => {
                let command = if name == "stats" {
                    "collStats"
                } else {
                    "validate"
                };
                match &of.kind {
                    ExprKind::Member { of, name, .. } if call.args.is_empty() => {
                        let fields = vec![(command.to_owned(), Expr::text(name, at))];
                        self.expr((**of).clone())?
                            .method("command", vec![Expr::document(fields, at)])
                    }
                    _ => return Err(Problem::new(format!("this `{name}` is not translated"), at)),
                }
            }
            // `db.orders.explain().find(…)` is translated with the method that follows.
            "explain" => return Err(Problem::new("write `db.orders.find(…).explain()`", at)),
            "find_and_modify" => self.find_and_modify(receiver()?, call, at)?,
            _ => match &of.kind {
                ExprKind::Call(explain) if is_explain(explain) => {
                    self.explained(name, explain, call)?
                }
                _ => return Ok(None),
            },
        };
        Ok(Some(made))
    }

    /// `db.orders.explain("executionStats").find(…)`.
    fn explained(&self, name: &str, explain: &Call, call: &Call) -> Result<Expr> {
        let ExprKind::Member { of, .. } = &explain.callee.kind else {
            return Err(Problem::new("this call is not translated", call.callee.at));
        };
        let query = self.inner_call(of, name, call)?;
        Ok(query.method("explain", self.exprs(explain.args.clone())?))
    }

    fn inner_call(&self, of: &Expr, name: &str, call: &Call) -> Result<Expr> {
        let method = method(Kind::Collection, name).filter(|method| method.result == Kind::Cursor);
        let method = method.ok_or_else(|| {
            Problem::new(format!("the plan of `{name}` is not translated"), of.at)
        })?;
        let args = self.arguments(&method, call)?;
        Ok(self.with_arguments(self.expr(of.clone())?, method.ours, args, call.multiline))
    }

    fn create_index(&self, of: Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let Some(keys) = call.args.first() else {
            return Err(Problem::new("expected the keys of the index", at));
        };
        let mut options = Vec::new();
        match call.args.get(1) {
            Some(given) => match fields_of(given) {
                Some(fields) => {
                    for (name, value) in &fields.items {
                        self.option(name, value, &mut options)?;
                    }
                }
                None => return Err(Problem::new("these options are not translated", given.at)),
            },
            None => {
                for (name, value) in &call.named {
                    self.option(name, value, &mut options)?;
                }
            }
        }
        let mut args = vec![self.key_spec(keys)?];
        if !options.is_empty() {
            args.push(Expr::document(options, at));
        }
        Ok(self.with_arguments(of, "create_index", args, call.multiline))
    }

    /// `createIndexes([{ a: 1 }, { b: -1 }])`: all indexes get the same options.
    fn create_indexes(&self, of: Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let [
            Expr {
                kind: ExprKind::List(list),
                ..
            },
        ] = call.args.as_slice()
        else {
            return Err(Problem::new("these indexes are not translated", at));
        };
        let indexes = list.items.iter().map(|keys| match &keys.kind {
            ExprKind::Call(model) if model.callee.as_name() == Some("IndexModel") => {
                let first = model.args.first();
                let first =
                    first.ok_or_else(|| Problem::new("expected the keys of the index", keys.at))?;
                let mut fields = vec![("keys".to_owned(), self.key_spec(first)?)];
                for (name, value) in &model.named {
                    self.option(name, value, &mut fields)?;
                }
                Ok(Expr::document(fields, keys.at))
            }
            ExprKind::Document(_) => {
                let fields = vec![("keys".to_owned(), self.expr(keys.clone())?)];
                Ok(Expr::document(fields, keys.at))
            }
            _ => Err(Problem::new("this index is not translated", keys.at)),
        });
        let indexes = Expr::list(indexes.collect::<Result<_>>()?, at);
        Ok(of.method("create_indexes", vec![indexes]))
    }

    fn bulk_write(&self, of: Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let Some(Expr {
            kind: ExprKind::List(list),
            at: list_at,
        }) = call.args.first()
        else {
            return Err(Problem::new("write the operations as a list", at));
        };
        let operations = list
            .items
            .iter()
            .map(|operation| self.bulk_operation(operation));
        let list = Items {
            items: operations.collect::<Result<_>>()?,
            multiline: list.multiline,
        };
        let operations = Expr::new(ExprKind::List(list), *list_at);
        let mut options = Vec::new();
        let given = call
            .args
            .get(1)
            .map(|options| fields_of(options).ok_or(options.at));
        let given = given
            .transpose()
            .map_err(|at| Problem::new("these options are not translated", at))?;
        let given = given.map_or(call.named.as_slice(), |fields| fields.items.as_slice());
        for (name, value) in given {
            self.option(name, value, &mut options)?;
        }
        let mut args = vec![operations];
        if !options.is_empty() {
            args.push(Expr::document(options, at));
        }
        Ok(self.with_arguments(of, "bulk_write", args, call.multiline))
    }

    /// `{ insertOne: { document: … } }` and `InsertOne(…)`.
    fn bulk_operation(&self, operation: &Expr) -> Result<Expr> {
        let at = operation.at;
        let why = || Problem::new("this operation is not translated", at);
        let (name, fields) = match &operation.kind {
            ExprKind::Document(document) => match document.items.as_slice() {
                [(name, inner)] => {
                    let inner = fields_of(inner).ok_or_else(why)?;
                    let mut fields = Vec::new();
                    for (name, value) in &inner.items {
                        self.option(name, value, &mut fields)?;
                    }
                    (snake_case(name), fields)
                }
                _ => return Err(why()),
            },
            ExprKind::Call(call) => {
                let name = snake_case(&path(&call.callee).ok_or_else(why)?);
                let parameters: &[&str] = match name.as_str() {
                    "insert_one" => &["document"],
                    "update_one" | "update_many" => &["filter", "update", "upsert"],
                    "replace_one" => &["filter", "replacement", "upsert"],
                    "delete_one" | "delete_many" => &["filter"],
                    _ => return Err(why()),
                };
                if call.args.len() > parameters.len() {
                    return Err(why());
                }
                let mut fields = Vec::new();
                for (name, value) in parameters.iter().zip(&call.args) {
                    self.option(name, value, &mut fields)?;
                }
                for (name, value) in &call.named {
                    self.option(name, value, &mut fields)?;
                }
                (name, fields)
            }
            _ => return Err(why()),
        };
        let operation = Expr::document(fields, at);
        Ok(Expr::document(vec![(name, operation)], at))
    }

    /// `remove(filter)` deletes all, `remove(filter, true)` one.
    fn remove(&self, of: Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let (filter, name) = match call.args.as_slice() {
            [filter] => (filter, "delete_many"),
            [
                filter,
                Expr {
                    kind: ExprKind::Bool(true),
                    ..
                },
            ] => (filter, "delete_one"),
            _ => return Err(Problem::new("write `deleteOne` or `deleteMany`", at)),
        };
        Ok(of.method(name, vec![self.expr(filter.clone())?]))
    }

    /// `update(filter, update, { multi: true })`.
    fn update(&self, call: &Call, at: usize) -> Result<(&'static str, Call)> {
        let mut call = call.clone();
        let mut is_many = false;
        let has_operators = call.args.get(1).and_then(fields_of).is_some_and(|fields| {
            fields
                .items
                .first()
                .is_some_and(|(name, _)| name.starts_with('$'))
        });
        if !has_operators || call.args.len() > 3 {
            return Err(Problem::new(
                "write `updateOne`, `updateMany` or `replaceOne`",
                at,
            ));
        }
        if let Some(Expr {
            kind: ExprKind::Document(options),
            ..
        }) = call.args.get_mut(2)
        {
            options.items.retain(|(name, value)| {
                is_many |= name == "multi" && value.kind == ExprKind::Bool(true);
                name != "multi"
            });
        }
        Ok((if is_many { "update_many" } else { "update_one" }, call))
    }

    /// `findAndModify({ query: …, update: … })`.
    fn find_and_modify(&self, of: Expr, call: &Call, at: usize) -> Result<Expr> {
        let why = || Problem::new("this `findAndModify` is not translated", at);
        let fields = call.args.first().and_then(fields_of).ok_or_else(why)?;
        let mut args = [None, None];
        let mut options = Vec::new();
        let mut is_remove = false;
        for (name, value) in &fields.items {
            match name.as_str() {
                "query" => args[0] = Some(self.expr(value.clone())?),
                "update" => args[1] = Some(self.expr(value.clone())?),
                "remove" => is_remove = value.kind == ExprKind::Bool(true),
                "fields" => self.option("projection", value, &mut options)?,
                "new" | "upsert" | "sort" => self.option(name, value, &mut options)?,
                _ => return Err(why()),
            }
        }
        let name = match &args[1] {
            None if is_remove => "find_one_and_delete",
            Some(update)
                if fields_of(update).is_some_and(|fields| {
                    fields
                        .items
                        .first()
                        .is_some_and(|(name, _)| name.starts_with('$'))
                }) =>
            {
                "find_one_and_update"
            }
            _ => return Err(why()),
        };
        let [query, update] = args;
        let query = query.unwrap_or_else(|| Expr::document(Vec::new(), at));
        let mut args: Vec<Expr> = std::iter::once(query).chain(update).collect();
        if !options.is_empty() {
            args.push(Expr::document(options, at));
        }
        Ok(self.with_arguments(of, name, args, call.multiline))
    }

    fn special_cursor(&self, name: &str, of: &Expr, call: &Call) -> Result<Option<Expr>> {
        let at = of.at;
        let receiver = || self.expr(of.clone());
        let made = match name {
            "sort" => {
                let keys = call.args.iter().enumerate();
                let args = keys.map(|(index, arg)| match index {
                    0 => self.key_spec(arg),
                    _ => self.expr(arg.clone()),
                });
                let args = args.collect::<Result<Vec<_>>>()?;
                if args.is_empty() {
                    return Err(Problem::new("expected the fields to sort by", at));
                }
                receiver()?.method("sort", args)
            }
            "hint" => receiver()?.method("hint", vec![self.key_spec(only(call, at)?)?]),
            "collation" => receiver()?.method("collation", vec![self.setting(only(call, at)?)?]),
            "pretty" => receiver()?,
            "map" | "filter" => {
                let mut list = call.clone();
                let method = method(Kind::List, name)
                    .ok_or_else(|| Problem::new("this call is not translated", at))?;
                let is_one = matches!(list.args.as_slice(), [Expr { kind: ExprKind::Function { parameters, .. }, .. }] if parameters.len() == 1);
                if !is_one {
                    return Err(Problem::new("this callback is not translated", at));
                }
                list.multiline = false;
                let args = self.arguments(&method, &list)?;
                receiver()?
                    .method("to_array", Vec::new())
                    .method(name, args)
            }
            // The count of mongosh ignores `limit` and `skip`, so only `find` can be before it.
            "count" => {
                let ExprKind::Call(find) = &of.kind else {
                    return Err(Problem::new("write `countDocuments(filter)`", at));
                };
                match &find.callee.kind {
                    ExprKind::Member { of, name, .. } if name == "find" && find.args.len() < 2 => {
                        let args = self.exprs(find.args.clone())?;
                        self.expr((**of).clone())?.method("count_documents", args)
                    }
                    _ => return Err(Problem::new("write `countDocuments(filter)`", at)),
                }
            }
            "itcount" => receiver()?
                .method("to_array", Vec::new())
                .method("len", Vec::new()),
            _ => return Ok(None),
        };
        Ok(Some(made))
    }
}

fn is_explain(call: &Call) -> bool {
    matches!(&call.callee.kind, ExprKind::Member { name, .. } if name == "explain")
}

/// Returns the name that the server gives to an index: `a_1_b_-1`.
fn index_name(keys: &Expr) -> Result<Expr> {
    let fields = fields_of(keys).map(|fields| fields.items.as_slice());
    let parts = fields.unwrap_or_default().iter().map(|(name, direction)| {
        let direction = match (direction.as_integer(), direction.as_text()) {
            (Some(number), _) => number.to_string(),
            (None, Some(text)) => text.to_owned(),
            (None, None) => return None,
        };
        Some(format!("{name}_{direction}"))
    });
    let parts: Option<Vec<_>> = parts.collect();
    let parts =
        parts.ok_or_else(|| Problem::new("the name of this index is not known", keys.at))?;
    Ok(Expr::text(&parts.join("_"), keys.at))
}
