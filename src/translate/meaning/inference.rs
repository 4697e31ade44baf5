//! Finds out what the variables and expressions of a text are.

use std::collections::HashMap;

use super::kind::Kind;
use super::methods::{Method, method, method_of_any};
use super::names::path;
use crate::translate::Language;
use crate::translate::snake_case::snake_case;
use crate::translate::tree::{Binary, Call, Expr, ExprKind, Stmt, StmtKind, Unary};
use crate::translate::walk::{Node, walk};

/// What is known about the variables of a text.
#[derive(Debug)]
pub(super) struct Inference {
    language: Language,
    variables: HashMap<String, Kind>,
    /// The clients of sessions: `const session = client.startSession()`.
    clients: HashMap<String, Expr>,
    /// The sessions of databases and collections: `const orders = session.getDatabase("a").orders`.
    sessions: HashMap<String, String>,
}

impl Inference {
    pub(super) fn new(statements: &[Stmt], language: Language) -> Self {
        let mut inference = Self {
            language,
            variables: HashMap::new(),
            clients: HashMap::new(),
            sessions: HashMap::new(),
        };
        // A second pass, because a later assignment can change what a variable is.
        for _ in 0..2 {
            walk(statements, &mut |node| inference.learn(node));
        }
        inference
    }

    fn learn(&mut self, node: Node) {
        match node {
            Node::Stmt(statement) => self.learn_statement(statement),
            Node::Expr(expr) => match &expr.kind {
                ExprKind::Call(call) => self.learn_callback(call),
                ExprKind::Comprehension(of) => self.bind(&of.variable, self.element(&of.over)),
                _ => {}
            },
        }
    }

    fn learn_statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Let {
                name,
                value: Some(value),
            } => {
                self.bind(name, self.kind(value));
                self.learn_session(name, value);
            }
            StmtKind::Assign {
                target,
                operator,
                value,
            } => {
                if let Some(name) = target.as_name() {
                    let kind = match operator {
                        None => self.kind(value),
                        Some(_) => self.kind(target),
                    };
                    self.bind(name, kind);
                }
            }
            StmtKind::For {
                variables, over, ..
            } => {
                let kind = match variables.as_slice() {
                    [_] => self.element(over),
                    _ => Kind::Unknown,
                };
                for variable in variables {
                    self.bind(variable, kind);
                }
            }
            StmtKind::Try { handlers, .. } => {
                for variable in handlers
                    .iter()
                    .filter_map(|handler| handler.variable.as_ref())
                {
                    self.bind(variable, Kind::Error);
                }
            }
            StmtKind::Function {
                name, parameters, ..
            } => {
                self.bind(name, Kind::Unknown);
                for parameter in parameters {
                    self.bind(parameter, Kind::Unknown);
                }
            }
            _ => {}
        }
    }

    /// The parameter of `cursor.forEach(doc => …)` is a document.
    fn learn_callback(&mut self, call: &Call) {
        let receiver = match &call.callee.kind {
            ExprKind::Member { name, .. } if snake_case(name) == "with_transaction" => {
                Kind::Session
            }
            ExprKind::Member { of, .. } => self.element(of),
            _ => Kind::Unknown,
        };
        for arg in &call.args {
            if let ExprKind::Function { parameters, .. } = &arg.kind {
                let is_one = parameters.len() == 1;
                for parameter in parameters {
                    self.bind(parameter, if is_one { receiver } else { Kind::Unknown });
                }
            }
        }
    }

    fn learn_session(&mut self, name: &str, value: &Expr) {
        if let Some(session) = self.session_of(value) {
            let session = session.to_owned();
            self.sessions.insert(name.to_owned(), session);
        }
        if let ExprKind::Call(call) = &value.kind
            && let ExprKind::Member { of, .. } = &call.callee.kind
            && self.kind(value) == Kind::Session
        {
            self.clients.insert(name.to_owned(), (**of).clone());
        }
    }

    /// Returns the client of a session.
    pub(super) fn client_of(&self, session: &str) -> Option<&Expr> {
        self.clients.get(session)
    }

    /// Returns the session in which a database or collection of mongosh works.
    pub(super) fn session_of<'a>(&'a self, expr: &'a Expr) -> Option<&'a str> {
        match &expr.kind {
            ExprKind::Name(name) => self.sessions.get(name).map(String::as_str),
            ExprKind::Member { of, .. } | ExprKind::Index { of, .. } => self.session_of(of),
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Member { of, name, .. } if name == "getDatabase" => {
                    of.as_name().filter(|_| self.kind(of) == Kind::Session)
                }
                ExprKind::Member { of, name, .. } if name == "getCollection" => self.session_of(of),
                _ => None,
            },
            _ => None,
        }
    }

    fn bind(&mut self, name: &str, kind: Kind) {
        let before = self.variables.get(name).copied();
        let joined = before.map_or(kind, |before| before.join(kind));
        self.variables.insert(name.to_owned(), joined);
    }

    /// Returns what the elements of a value are.
    fn element(&self, over: &Expr) -> Kind {
        match self.kind(over) {
            Kind::Cursor | Kind::ChangeStream => Kind::Document,
            _ if is_to_array_of_cursor(self, over) => Kind::Document,
            _ => Kind::Unknown,
        }
    }

    /// Returns what an expression is known to be.
    pub(super) fn kind(&self, expr: &Expr) -> Kind {
        match &expr.kind {
            ExprKind::Bool(_) => Kind::Boolean,
            ExprKind::Number(_) => Kind::Number,
            ExprKind::Text(_) | ExprKind::Template(_) => Kind::Text,
            ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Comprehension(_) => Kind::List,
            ExprKind::Document(_) => Kind::Document,
            ExprKind::Function { .. } => Kind::Function,
            ExprKind::Name(name) => self.variable(name),
            ExprKind::Member { of, name, .. } => self.member(self.kind(of), name),
            ExprKind::Index { of, index } => match self.kind(of) {
                Kind::Cursor => Kind::Document,
                Kind::List if is_to_array_of_cursor(self, of) => Kind::Document,
                of @ (Kind::Client | Kind::Database | Kind::Collection)
                    if self.kind(index) == Kind::Text =>
                {
                    self.member(of, "")
                }
                _ => Kind::Unknown,
            },
            ExprKind::Call(call) => self.call(call),
            ExprKind::Unary { operator, .. } => match operator {
                Unary::Not => Kind::Boolean,
                Unary::Minus => Kind::Number,
            },
            ExprKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, self.kind(left), self.kind(right)),
            ExprKind::Conditional {
                then, otherwise, ..
            } => self.kind(then).join(self.kind(otherwise)),
            _ => Kind::Unknown,
        }
    }

    fn variable(&self, name: &str) -> Kind {
        let known = self.variables.get(name).copied();
        known.unwrap_or(match name {
            "db" => Kind::Database,
            "client" => Kind::Client,
            _ => Kind::Unknown,
        })
    }

    fn member(&self, of: Kind, name: &str) -> Kind {
        match of {
            // In PyMongo, databases and collections have attributes.
            Kind::Database | Kind::Collection
                if name == "name" && self.language == Language::PyMongo =>
            {
                Kind::Text
            }
            Kind::Client => Kind::Database,
            Kind::Database | Kind::Collection => Kind::Collection,
            Kind::Result if name.ends_with("ount") => Kind::Number,
            Kind::List | Kind::Text if name == "length" => Kind::Number,
            _ => Kind::Unknown,
        }
    }

    fn binary(&self, operator: Binary, left: Kind, right: Kind) -> Kind {
        match operator {
            _ if operator.compares() => Kind::Boolean,
            Binary::Or | Binary::And => left.join(right),
            Binary::Add if left == Kind::Text || right == Kind::Text => Kind::Text,
            Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder
                if right == Kind::Number =>
            {
                left
            }
            Binary::Add => left.join(right),
            _ => Kind::Unknown,
        }
    }

    fn call(&self, call: &Call) -> Kind {
        if let Some(kind) = path(&call.callee).and_then(|path| result_of_function(&path)) {
            return kind;
        }
        match &call.callee.kind {
            ExprKind::Member { of, name, .. } => self
                .method(of, name, call)
                .map_or(Kind::Unknown, |method| method.result),
            _ => Kind::Unknown,
        }
    }

    /// Returns the method that a call means, if it is known.
    pub(super) fn method(&self, of: &Expr, name: &str, call: &Call) -> Option<Method> {
        let name = snake_case(name);
        let takes_function = call
            .args
            .iter()
            .any(|arg| matches!(arg.kind, ExprKind::Function { .. }));
        match self.kind(of) {
            Kind::Unknown => method_of_any(&name, takes_function),
            kind => method(kind, &name),
        }
    }
}

/// Returns whether it is `cursor.toArray()` or `list(cursor)`.
fn is_to_array_of_cursor(inference: &Inference, expr: &Expr) -> bool {
    let ExprKind::Call(call) = &expr.kind else {
        return false;
    };
    let cursor = match (&call.callee.kind, call.args.as_slice()) {
        (ExprKind::Member { of, name, .. }, []) if name == "toArray" || name == "to_list" => of,
        (ExprKind::Name(name), [cursor]) if name == "list" => cursor,
        _ => return false,
    };
    inference.kind(cursor) == Kind::Cursor
}

/// Returns what a function without a receiver returns.
fn result_of_function(path: &str) -> Option<Kind> {
    Some(match path {
        "MongoClient" | "Mongo" => Kind::Client,
        "GridFSBucket" => Kind::Bucket,
        "ObjectId" | "ObjectID" => Kind::ObjectId,
        "Date" | "ISODate" | "datetime" | "datetime.now" | "datetime.utcnow" => Kind::Date,
        "Date.now" | "len" | "Math.random" | "random.randint" | "timedelta" | "int"
        | "parseInt" | "NumberInt" | "NumberLong" | "Int64" => Kind::Number,
        "list" | "Object.keys" | "Object.values" => Kind::List,
        "str" | "EJSON.stringify" | "tojson" => Kind::Text,
        "any" | "all" => Kind::Boolean,
        _ => return None,
    })
}
