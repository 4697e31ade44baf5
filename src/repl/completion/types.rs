//! Infers the type of an expression from its text, without evaluating it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::api::call::Signature;
use crate::engine::catalogue::registry;
use crate::script::lexer::Piece;

/// A type, and the origin of its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Type {
    /// The registry's name of the type.
    pub label: String,
    pub database: Option<String>,
    pub collection: Option<String>,
    /// The field names, if the value is a known document.
    pub fields: Vec<String>,
}

impl Type {
    pub fn named(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            ..Self::default()
        }
    }

    fn with(&self, label: &str) -> Self {
        Self {
            label: label.to_owned(),
            fields: Vec::new(),
            ..self.clone()
        }
    }
}

/// The variables, by name.
pub type Variables = BTreeMap<String, Type>;

/// The tokens of a line, without white space and comments.
pub(super) struct Pieces<'a> {
    pub text: &'a str,
    pub list: Vec<(Piece, Range<usize>)>,
}

impl Pieces<'_> {
    pub(super) fn text_of(&self, index: usize) -> &str {
        self.list
            .get(index)
            .map_or("", |(_, range)| &self.text[range.clone()])
    }

    pub(super) fn piece(&self, index: usize) -> Option<Piece> {
        self.list.get(index).map(|(piece, _)| *piece)
    }

    /// Returns the opening bracket that matches the closing one at `index`.
    fn opening(&self, index: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (0..=index).rev() {
            match self.piece(at)? {
                Piece::Close => depth += 1,
                Piece::Open => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Returns the type of the expression whose last token is at `end`.
    pub(super) fn type_at(
        &self,
        end: usize,
        variables: &Variables,
        database: &str,
    ) -> Option<Type> {
        let mut steps = Vec::new();
        let mut at = end;
        // Backwards: each step is a member, an index, or the root.
        let root = loop {
            let is_close = self.piece(at)? == Piece::Close;
            let (name, called) = if is_close {
                let open = self.opening(at)?;
                match self.text_of(open) {
                    "(" if open > 0 && self.piece(open - 1)? == Piece::Word => (open - 1, true),
                    "[" if open > 0 && self.ends_a_value(open - 1) => {
                        let inside = self.text_of(open + 1);
                        steps.push(Step::Index(inside.trim_matches(['"', '`']).to_owned()));
                        at = open - 1;
                        continue;
                    }
                    "[" => break Some(Type::named("Array")),
                    "#{" => break Some(Type::named("Document")),
                    _ => break None,
                }
            } else {
                (at, false)
            };
            let text = self.text_of(name).to_owned();
            match self.piece(name)? {
                Piece::Text { closed: true } => break Some(Type::named("string")),
                Piece::Number => break Some(Type::named("integer")),
                Piece::Word => {}
                _ => break None,
            }
            let is_member = name >= 2 && matches!(self.text_of(name - 1), "." | "?.");
            if is_member {
                steps.push(Step::Member(text, called));
                at = name - 2;
                continue;
            }
            break root(&text, called, variables, database);
        };
        let mut found = root?;
        for step in steps.into_iter().rev() {
            found = step.from(&found)?;
        }
        Some(found)
    }

    fn ends_a_value(&self, index: usize) -> bool {
        matches!(
            self.piece(index),
            Some(Piece::Word | Piece::Close | Piece::Text { .. })
        )
    }
}

fn root(name: &str, called: bool, variables: &Variables, database: &str) -> Option<Type> {
    if called {
        let function = registry().method("", name).next()?;
        return Some(Type::named(function.returns));
    }
    if let Some(known) = variables.get(name) {
        return Some(known.clone());
    }
    match name {
        "client" => Some(Type::named("Client")),
        "db" => Some(Type {
            database: Some(database.to_owned()),
            ..Type::named("Database")
        }),
        "args" => Some(Type::named("Array")),
        _ => None,
    }
}

/// One step of a chain: `.name`, `.name(…)` or `[…]`.
enum Step {
    Member(String, bool),
    Index(String),
}

impl Step {
    fn from(self, value: &Type) -> Option<Type> {
        match self {
            Self::Member(name, called) => match registry().method(&value.label, &name).next() {
                Some(method) if called || method.is_property() => given(value, method),
                _ if called => None,
                _ => inside(value, &name),
            },
            Self::Index(name) => inside(value, &name),
        }
    }
}

/// Returns the type of `client.NAME` and `db.NAME`. The type of a document's field is unknown.
fn inside(value: &Type, name: &str) -> Option<Type> {
    match value.label.as_str() {
        "Client" => Some(Type {
            database: Some(name.to_owned()),
            ..Type::named("Database")
        }),
        "Database" => Some(Type {
            collection: Some(name.to_owned()),
            ..value.with("Collection")
        }),
        "Collection" => Some(Type {
            collection: Some(format!("{}.{name}", value.collection.as_deref()?)),
            ..value.with("Collection")
        }),
        "Array" if value.collection.is_some() => Some(value.with("Document")),
        _ => None,
    }
}

/// Returns the type of a method's result, with the same collection if it returns its documents.
fn given(value: &Type, method: &Signature) -> Option<Type> {
    match method.returns {
        "" => None,
        returns if method.keeps_documents => Some(value.with(returns)),
        returns => Some(Type {
            database: value.database.clone().filter(|_| returns == "Database"),
            ..Type::named(returns)
        }),
    }
}
