//! Functions of the shell, the drivers and the languages that have no receiver.

use super::Meaning;
use super::kind::Kind;
use super::names::path;
use super::statements::fields_of;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{
    Binary, Body, Call, Comprehension, Expr, ExprKind, TemplatePart, Unary,
};
use crate::translate::{Extent, Language};

impl Meaning {
    /// Translates a call of a known function. Returns `None` if the function is not known.
    pub(super) fn function_call(&self, path: &str, call: &Call, at: usize) -> Result<Option<Expr>> {
        if self.functions.contains(path) {
            return Ok(None);
        }
        let is_python = self.language == Language::PyMongo;
        let made = match path {
            "print" | "console.log" | "printjson" | "pprint" => self.print(call, at)?,
            "assert" | "ObjectId" | "UUID" | "MinKey" | "MaxKey" | "connect" | "quit" | "exit" => {
                let name = if path == "quit" { "exit" } else { path };
                self.renamed(name, call, at)?
            }
            "ObjectID" => self.renamed("ObjectId", call, at)?,
            "assert.eq" => self.renamed("assert_eq", call, at)?,
            "EJSON.stringify" | "tojson" | "json_util.dumps" => {
                self.renamed_one("ejson", call, at)?
            }
            "EJSON.parse" | "json_util.loads" => self.renamed_one("parse_ejson", call, at)?,
            "MongoClient" | "Mongo" => self.client(call, at)?,
            "GridFSBucket" => self.bucket(call, at)?,
            "GridFS" if is_python => {
                let why = "the class `GridFS` is not translated: write `GridFSBucket(db)`";
                return Err(Problem::new(why, at));
            }
            "ISODate" | "Date" if !is_python => self.javascript_date(call, at)?,
            "Date.now" if !is_python => now(at).member("timestamp_ms"),
            "datetime" if is_python => self.python_date(call, at)?,
            "datetime.now" if is_python => self.python_now(call, at)?,
            "datetime.utcnow" if is_python => now(at),
            "timedelta" if is_python => self.duration(call, at)?,
            "NumberInt" | "Int32" => self.number("Int32", call, at)?,
            "NumberLong" | "Long" | "Int64" => self.number("Int64", call, at)?,
            "NumberDecimal" | "Decimal128" => self.decimal(call, at)?,
            "Double" => self.number("Double", call, at)?,
            "Timestamp" => self.timestamp(call, at)?,
            "BinData" => self.bin_data(call, at)?,
            "RegExp" | "re.compile" => self.regular_expression(call, at)?,
            "SON" if is_python => self.key_spec(only(call, at)?)?,
            "sleep" if !is_python => self.sleep(call, at)?,
            "time.sleep" if is_python => self.renamed_one("sleep", call, at)?,
            "Math.random" | "random.random" => Expr::name("random::float", at).call(Vec::new()),
            "Math.floor" => self.random_below(only(call, at)?, at)?,
            "random.randint" => self.renamed("random::int", call, at)?,
            "random.choice" => self.renamed_one("random::choice", call, at)?,
            "random.sample" => self.renamed("random::sample", call, at)?,
            "Object.keys" => self.of_document("keys", call, at)?,
            "Object.values" => self.of_document("values", call, at)?,
            "rs.status" => self.admin_command("replSetGetStatus", at),
            "rs.conf" | "rs.config" => self.admin_command("replSetGetConfig", at).member("config"),
            "parseInt" | "int" => self.text_function("parse_int", call, at)?,
            "len" if is_python => self.length(only(call, at)?)?,
            "str" | "String" => self.text_of(only(call, at)?)?,
            "list" if is_python => self.list(only(call, at)?)?,
            "next" if is_python => self.next(call, at)?,
            "sum" | "min" | "max" if is_python => self
                .as_list(only(call, at)?.clone())?
                .method(path, Vec::new()),
            "any" | "all" if is_python => self.any_or_all(path, only(call, at)?)?,
            // Our own functions, in a line that is half translated.
            "now" | "DateTime" | "Regex" | "Binary" | "ejson" | "parse_ejson" | "help"
            | "replica_set" | "timed" | "eventually" | "retry" | "background" | "set"
                if self.extent == Extent::Line =>
            {
                self.renamed(path, call, at)?
            }
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    fn renamed(&self, name: &str, call: &Call, at: usize) -> Result<Expr> {
        if !call.named.is_empty() {
            let why = format!("the named arguments of `{name}` are not translated");
            return Err(Problem::new(why, at));
        }
        Ok(Expr::name(name, at).call(self.exprs(call.args.clone())?))
    }

    /// `Object.keys(doc)`. Only documents have these methods here.
    fn of_document(&self, name: &str, call: &Call, at: usize) -> Result<Expr> {
        let of = only(call, at)?;
        match self.inference.kind(of) {
            Kind::Document | Kind::Unknown => Ok(self.expr(of.clone())?.method(name, Vec::new())),
            _ => Err(Problem::new("this value is not a document", of.at)),
        }
    }

    fn renamed_one(&self, name: &str, call: &Call, at: usize) -> Result<Expr> {
        only(call, at)?;
        self.renamed(name, call, at)
    }

    /// Several values are printed with a space between them.
    fn print(&self, call: &Call, at: usize) -> Result<Expr> {
        if call.args.len() < 2 {
            return self.renamed("print", call, at);
        }
        if !call.named.is_empty() {
            return Err(Problem::new("`sep` and `end` are not translated", at));
        }
        let mut parts = Vec::new();
        for arg in self.exprs(call.args.clone())? {
            if !parts.is_empty() {
                parts.push(TemplatePart::Text(" ".into()));
            }
            match arg.kind {
                ExprKind::Text(text) => parts.push(TemplatePart::Text(text)),
                ExprKind::Template(inner) => parts.extend(inner),
                _ => parts.push(TemplatePart::Value(arg)),
            }
        }
        let text = Expr::new(ExprKind::Template(parts), at);
        Ok(Expr::name("print", at).call(vec![text]))
    }

    fn client(&self, call: &Call, at: usize) -> Result<Expr> {
        match call.args.as_slice() {
            [] if call.named.is_empty() => {
                let uri = Expr::text("mongodb://localhost:27017", at);
                Ok(Expr::name("connect", at).call(vec![uri]))
            }
            [uri] if call.named.is_empty() => {
                let args = vec![self.expr(uri.clone())?];
                Ok(Expr::name("connect", at).call(args))
            }
            _ => Err(Problem::new(
                "the options of this client are not translated",
                at,
            )),
        }
    }

    /// `NumberLong("5")`, `Int32(5)`.
    fn number(&self, name: &str, call: &Call, at: usize) -> Result<Expr> {
        let value = only(call, at)?;
        let value = match value.as_text() {
            Some(text) if text.parse::<i64>().is_ok() => Expr::number(text, value.at),
            Some(_) => return Err(Problem::new("this number is not translated", value.at)),
            None => self.whole(value.clone())?,
        };
        let value = match value.as_integer() {
            Some(integer) if name == "Double" => {
                return Ok(Expr::number(format!("{integer}.0"), at));
            }
            _ => value,
        };
        Ok(Expr::name(name, at).call(vec![value]))
    }

    /// Translates a whole number. A large one of JavaScript was read as a Double.
    pub(super) fn whole(&self, value: Expr) -> Result<Expr> {
        let at = value.at;
        match value.kind {
            ExprKind::Number(text) => {
                let whole = text.strip_suffix(".0").unwrap_or(&text);
                Ok(Expr::number(whole, at))
            }
            ExprKind::Unary {
                operator: Unary::Minus,
                of,
            } => {
                let of = Box::new(self.whole(*of)?);
                let operator = Unary::Minus;
                Ok(Expr::new(ExprKind::Unary { operator, of }, at))
            }
            kind => self.expr(Expr::new(kind, at)),
        }
    }

    /// `NumberDecimal("1.10")`, `Decimal128(Decimal("1.10"))`.
    fn decimal(&self, call: &Call, at: usize) -> Result<Expr> {
        let value = only(call, at)?;
        let value = match &value.kind {
            ExprKind::Number(text) => Expr::text(text.strip_suffix(".0").unwrap_or(text), value.at),
            ExprKind::Call(inner) if path(&inner.callee).as_deref() == Some("Decimal") => {
                only(inner, at)?.clone()
            }
            _ => value.clone(),
        };
        Ok(Expr::name("Decimal128", at).call(vec![self.expr(value)?]))
    }

    /// `Timestamp(1, 2)` and `Timestamp({ t: 1, i: 2 })`.
    fn timestamp(&self, call: &Call, at: usize) -> Result<Expr> {
        let args = match call.args.as_slice() {
            [one] => {
                let fields = fields_of(one).map(|fields| fields.items.as_slice());
                match fields {
                    Some([(t, time), (i, increment)]) if t == "t" && i == "i" => {
                        vec![time.clone(), increment.clone()]
                    }
                    _ => return Err(Problem::new("this timestamp is not translated", at)),
                }
            }
            _ => call.args.clone(),
        };
        let args = args.into_iter().map(|arg| self.whole(arg));
        Ok(Expr::name("Timestamp", at).call(args.collect::<Result<_>>()?))
    }

    /// `BinData(0, "aGk=")`: here, the text comes first.
    fn bin_data(&self, call: &Call, at: usize) -> Result<Expr> {
        let [subtype, text] = call.args.as_slice() else {
            return Err(Problem::new("expected a subtype and a text", at));
        };
        let args = vec![self.expr(text.clone())?, self.expr(subtype.clone())?];
        Ok(Expr::name("Binary", at).call(args))
    }

    /// `RegExp("^a", "i")` and `re.compile("^a", re.IGNORECASE)`.
    fn regular_expression(&self, call: &Call, at: usize) -> Result<Expr> {
        let why = || Problem::new("this regular expression is not translated", at);
        let pattern = call.args.first().and_then(Expr::as_text).ok_or_else(why)?;
        let flags = match call.args.get(1) {
            None => "",
            Some(flags) => match (flags.as_text(), path(flags).as_deref()) {
                (Some(flags), _) => flags,
                (None, Some("re.I" | "re.IGNORECASE")) => "i",
                (None, Some("re.M" | "re.MULTILINE")) => "m",
                (None, Some("re.S" | "re.DOTALL")) => "s",
                _ => return Err(why()),
            },
        };
        super::expressions::regex(pattern, flags, at)
    }

    /// mongosh sleeps for milliseconds, scripts for seconds.
    fn sleep(&self, call: &Call, at: usize) -> Result<Expr> {
        let ms = only(call, at)?;
        let seconds = match ms.as_integer() {
            Some(ms) => {
                #[allow(clippy::cast_precision_loss, reason = "a sleep is never that long")]
                let seconds = ms as f64 / 1000.0;
                Expr::number(seconds, at)
            }
            None => Expr::binary(
                Binary::Divide,
                self.expr(ms.clone())?,
                Expr::number("1000.0", at),
            ),
        };
        Ok(Expr::name("sleep", at).call(vec![seconds]))
    }

    /// `Math.floor(Math.random() * n)`.
    fn random_below(&self, value: &Expr, at: usize) -> Result<Expr> {
        let is_random = |expr: &Expr| matches!(&expr.kind, ExprKind::Call(call) if path(&call.callee).as_deref() == Some("Math.random"));
        let limit = match &value.kind {
            ExprKind::Binary {
                operator: Binary::Multiply,
                left,
                right,
            } if is_random(left) => right,
            ExprKind::Binary {
                operator: Binary::Multiply,
                left,
                right,
            } if is_random(right) => left,
            _ => return Err(Problem::new("`Math.floor` is not translated", at)),
        };
        let last = match limit.as_integer() {
            Some(limit) => Expr::number(limit - 1, at),
            None => {
                let limit = self.expr((**limit).clone())?;
                Expr::binary(Binary::Subtract, limit, Expr::number(1, at))
            }
        };
        Ok(Expr::name("random::int", at).call(vec![Expr::number(0, at), last]))
    }

    /// Returns `client.admin.command(#{ name: 1 })`.
    pub(super) fn admin_command(&self, name: &str, at: usize) -> Expr {
        let fields = vec![(name.to_owned(), Expr::number(1, at))];
        let admin = Expr::name("client", at).member("admin");
        admin.method("command", vec![Expr::document(fields, at)])
    }

    fn text_function(&self, name: &str, call: &Call, at: usize) -> Result<Expr> {
        let value = only(call, at)?;
        if self.inference.kind(value) != Kind::Text {
            return Err(Problem::new("only a text is translated here", value.at));
        }
        self.renamed(name, call, at)
    }

    fn length(&self, value: &Expr) -> Result<Expr> {
        match self.inference.kind(value) {
            Kind::Cursor => Err(Problem::new("a cursor has no length", value.at)),
            _ => Ok(self.expr(value.clone())?.method("len", Vec::new())),
        }
    }

    fn text_of(&self, value: &Expr) -> Result<Expr> {
        let method = match self.inference.kind(value) {
            Kind::Number | Kind::Text | Kind::Error => "to_string",
            Kind::ObjectId => "to_hex",
            _ => {
                return Err(Problem::new(
                    "the text of this value is not known",
                    value.at,
                ));
            }
        };
        Ok(self.expr(value.clone())?.method(method, Vec::new()))
    }

    /// `list(cursor)`.
    fn list(&self, value: &Expr) -> Result<Expr> {
        match self.inference.kind(value) {
            Kind::Cursor | Kind::Unknown => {
                Ok(self.expr(value.clone())?.method("to_array", Vec::new()))
            }
            _ => self.as_list(value.clone()),
        }
    }

    /// `next(cursor, None)`.
    fn next(&self, call: &Call, at: usize) -> Result<Expr> {
        match call.args.as_slice() {
            [cursor, end] if end.kind == ExprKind::Null => {
                Ok(self.expr(cursor.clone())?.method("next", Vec::new()))
            }
            _ => Err(Problem::new(
                "write `next(cursor, None)`: at the end, a cursor returns nothing here",
                at,
            )),
        }
    }

    /// `any(condition for x in list)`.
    fn any_or_all(&self, name: &str, of: &Expr) -> Result<Expr> {
        let ExprKind::Comprehension(of) = &of.kind else {
            return Err(Problem::new(
                format!("`{name}` is translated with a condition"),
                of.at,
            ));
        };
        let Comprehension {
            value,
            variable,
            over,
            condition: None,
        } = (**of).clone()
        else {
            return Err(Problem::new(
                format!("this `{name}` is not translated"),
                of.value.at,
            ));
        };
        let at = value.at;
        let body = Body::Value(Box::new(self.condition(value)?));
        let parameters = vec![super::statements::checked_name(variable, at)?];
        let function = ExprKind::Function {
            parameters,
            unpacks: false,
            body,
        };
        let closure = Expr::new(function, at);
        let ours = if name == "any" { "some" } else { "all" };
        Ok(self.as_list(over)?.method(ours, vec![closure]))
    }
}

fn now(at: usize) -> Expr {
    Expr::name("now", at).call(Vec::new())
}

/// Returns the only argument of a call.
pub(super) fn only(call: &Call, at: usize) -> Result<&Expr> {
    match call.args.as_slice() {
        [one] if call.named.is_empty() => Ok(one),
        _ => Err(Problem::new(
            "this call is translated with one argument",
            at,
        )),
    }
}
