//! Methods of databases that become something else than one method with the same arguments.

use super::Meaning;
use super::functions::only;
use super::statements::fields_of;
use crate::translate::Language;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{Call, Expr};

impl Meaning {
    /// Translates a call of a special method of a database.
    pub(super) fn special_database(
        &self,
        name: &str,
        of: &Expr,
        call: &Call,
    ) -> Result<Option<Expr>> {
        let at = of.at;
        let receiver = || self.expr(of.clone());
        let client = || Expr::name("client", at);
        let is_db = of.as_name() == Some("db");
        let command = |name: &str, value: Expr| {
            let fields = vec![(name.to_owned(), value)];
            Ok(receiver()?.method("command", vec![Expr::document(fields, at)]))
        };
        let one = || Expr::number(1, at);
        let made = match name {
            "command" | "run_command" => {
                let command = self.database_command(call, at)?;
                receiver()?.method("command", vec![command])
            }
            "admin_command" => {
                let command = self.database_command(call, at)?;
                client().member("admin").method("command", vec![command])
            }
            "get_collection" | "collection" => match only(call, at)?.as_text() {
                Some(name) => self.collection(receiver()?, name),
                None => receiver()?.method("collection", self.exprs(call.args.clone())?),
            },
            "get_sibling_db" if is_db => match only(call, at)?.as_text() {
                Some(name) => self.database(client(), name),
                None => client().method("database", self.exprs(call.args.clone())?),
            },
            "get_mongo" if is_db => client(),
            "get_name" => receiver()?.member("name"),
            "drop_collection" => match only(call, at)?.as_text() {
                Some(name) => self
                    .collection(receiver()?, name)
                    .method("drop", Vec::new()),
                None => return Err(Problem::new("this `drop_collection` is not translated", at)),
            },
            "create_view" => self.create_view(receiver()?, call)?,
            "create_user" | "create_role" => self.create_by_document(name, receiver()?, call)?,
            "stats" if call.args.is_empty() => command("dbStats", one())?,
            "server_status" if call.args.is_empty() => command("serverStatus", one())?,
            "hello" => command("hello", one())?,
            "version" => client().method("server_info", Vec::new()).member("version"),
            "current_op" if call.args.is_empty() => self.admin_command("currentOp", at),
            "kill_op" => {
                let op = self.whole(only(call, at)?.clone())?;
                let fields = vec![("killOp".to_owned(), one()), ("op".to_owned(), op)];
                client()
                    .member("admin")
                    .method("command", vec![Expr::document(fields, at)])
            }
            "set_profiling_level" => command("profile", self.expr(only(call, at)?.clone())?)?,
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// `{ ping: 1 }`, `"ping"`, and in Python `"collStats", "orders", scale=1024`.
    fn database_command(&self, call: &Call, at: usize) -> Result<Expr> {
        let (first, value) = match call.args.as_slice() {
            [first] => (first, Expr::number(1, at)),
            [first, value] if self.language == Language::PyMongo => {
                (first, self.expr(value.clone())?)
            }
            _ => return Err(Problem::new("this command is not translated", at)),
        };
        let mut fields = match first.as_text() {
            Some(name) => vec![(name.to_owned(), value)],
            None if call.named.is_empty() && call.args.len() == 1 => {
                return self.expr(first.clone());
            }
            None => return Err(Problem::new("this command is not translated", at)),
        };
        for (name, value) in &call.named {
            fields.push((name.clone(), self.expr(value.clone())?));
        }
        Ok(Expr::document(fields, at))
    }

    /// `createView("v", "orders", [ … ])`.
    fn create_view(&self, of: Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let [name, source, pipeline] = call.args.as_slice() else {
            return Err(Problem::new("this `createView` is not translated", at));
        };
        let options = vec![
            ("view_on".to_owned(), self.expr(source.clone())?),
            ("pipeline".to_owned(), self.expr(pipeline.clone())?),
        ];
        let args = vec![self.expr(name.clone())?, Expr::document(options, at)];
        Ok(self.with_arguments(of, "create_collection", args, call.multiline))
    }

    /// `createUser({ user: …, pwd: …, roles: … })` and `createRole({ role: …, … })`.
    fn create_by_document(&self, name: &str, of: Expr, call: &Call) -> Result<Expr> {
        let at = of.at;
        let names: &[&str] = match name {
            "create_user" => &["user", "pwd", "roles"],
            _ => &["role", "privileges", "roles"],
        };
        let why = || Problem::new("this call is not translated", at);
        let fields = fields_of(only(call, at)?).ok_or_else(why)?;
        if fields.items.len() != names.len() {
            return Err(why());
        }
        let args = names.iter().map(|name| {
            let found = fields.items.iter().find(|(field, _)| field == name);
            self.expr(found.ok_or_else(why)?.1.clone())
        });
        Ok(self.with_arguments(of, name, args.collect::<Result<_>>()?, call.multiline))
    }
}
