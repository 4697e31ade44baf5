//! Completion of the word before the cursor.

mod context;
mod operators;
pub mod server_names;
mod types;

pub use server_names::{ServerNames, Wanted};
pub use types::{Type, Variables};

use rhai::Dynamic;
use rustyline::completion::FilenameCompleter;

use crate::engine::catalogue::{registry, type_of};
use crate::error::Kind;
use crate::script::Interactive;
use crate::script::lexer::{Piece, is_word_letter, lex};
use crate::values::document::Document;
use crate::values::words::is_plain_key;
use context::Context;

/// The names of a session that completion offers.
#[derive(Clone, Default)]
pub struct CompletionIndex {
    pub variables: Variables,
    /// The functions that the user defined.
    pub functions: Vec<String>,
    pub database: String,
    pub names: Option<ServerNames>,
    /// The commands of the prompt, without their colons.
    pub commands: Vec<&'static str>,
}

/// One possible completion.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The replacement of the word.
    pub text: String,
    /// The text in the list.
    pub shown: String,
}

impl Candidate {
    fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            shown: text.clone(),
            text,
        }
    }
}

const KEYWORDS: &[&str] = &[
    "break", "catch", "const", "continue", "else", "false", "fn", "for", "if", "import", "in",
    "let", "loop", "return", "switch", "this", "throw", "true", "try", "while",
];

impl CompletionIndex {
    /// Updates the variables and functions from a session.
    pub fn learn(&mut self, interactive: &Interactive) {
        self.variables = interactive
            .variables()
            .map(|(name, value)| (name.to_owned(), type_of_value(&value)))
            .collect();
        self.functions = interactive.function_names();
    }

    /// Returns the start of the word before the cursor, and its completions.
    pub fn complete(&self, line: &str, position: usize) -> (usize, Vec<Candidate>) {
        let before = line.get(..position).unwrap_or(line);
        let position = before.len();
        if let Some(command) = before.strip_prefix(':') {
            return self.command(before, command);
        }
        if let Some(topic) = before.strip_prefix('?') {
            let found = filtered(topic, help_topics());
            return (before.len() - topic.len(), found);
        }
        let pieces = lex(before);
        if let Some((Piece::Text { closed: false }, range)) = pieces.last() {
            return self.in_text(before, range.start);
        }
        if matches!(pieces.last(), Some((Piece::Comment, _))) {
            return (position, Vec::new());
        }
        let start = before
            .rfind(|letter: char| !is_word_letter(letter) && letter != '$')
            .map_or(0, |at| {
                at + before[at..].chars().next().map_or(1, char::len_utf8)
            });
        let word = &before[start..];
        let context = Context::of(&before[..start]);
        let found = match context.last() {
            "::" => self.in_module(&context, word),
            "." | "?." => self.members(&context, word),
            "#{" | "," if context.is_key() => self.keys(&context, word),
            _ if word.is_empty() => Vec::new(),
            _ if word.starts_with('$') => self.operators(&context, word, "\"", "\""),
            _ => self.words(word),
        };
        (start, found)
    }

    /// Returns the topic of `help` for the word at a position: `Collection.find`. Behind the bracket
    /// of a call, that is the function.
    pub fn topic(&self, code: &str, position: usize) -> Option<String> {
        let position = code.get(..position).map_or(code.len(), str::len);
        let (before, after) = code.split_at(position);
        let is_space = |letter: char| !is_word_letter(letter);
        let start = before.rfind(is_space).map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
        let end = position + after.find(is_space).unwrap_or(after.len());
        let (word, context) = (&code[start..end], Context::of(&code[..start]));
        let member_of = |end: Option<usize>, name: &str| {
            let label =
                end.and_then(|end| context.pieces.type_at(end, &self.variables, &self.database));
            label.map_or(name.to_owned(), |value| format!("{}.{name}", value.label))
        };
        let before_last = context.pieces.list.len().checked_sub(2);
        if word.is_empty() {
            let is_call = !context.method.is_empty();
            return is_call.then(|| member_of(context.receiver, &context.method));
        }
        Some(match context.last() {
            "." | "?." => member_of(before_last, word),
            "::" => format!("{}::{word}", context.before_last()),
            _ => match self.variables.get(word) {
                Some(value) => value.label.clone(),
                None => word.to_owned(),
            },
        })
    }

    fn command(&self, before: &str, command: &str) -> (usize, Vec<Candidate>) {
        let Some((name, rest)) = command.split_once(' ') else {
            let names = self.commands.iter().map(|name| (*name).to_owned());
            return (1, filtered(command, names));
        };
        let word_start = before.len() - rest.rsplit(' ').next().map_or(0, str::len);
        let word = &before[word_start..];
        match name {
            "run" | "save" => {
                let files = FilenameCompleter::new().complete_path(before, before.len());
                files.map_or((word_start, Vec::new()), |(start, pairs)| {
                    let found = pairs.into_iter().map(|pair| Candidate {
                        text: pair.replacement,
                        shown: pair.display,
                    });
                    (start, found.collect())
                })
            }
            "use" => {
                let clients = self
                    .variables
                    .iter()
                    .filter(|(_, known)| matches!(known.label.as_str(), "Client" | "ReplicaSet"));
                let names = clients.map(|(name, _)| name.clone());
                (word_start, filtered(word, names.chain(self.databases())))
            }
            "watch" => (word_start, filtered(word, self.collections(&self.database))),
            "help" => (
                word_start,
                filtered(word, self.commands.iter().map(|name| (*name).to_owned())),
            ),
            _ => (word_start, Vec::new()),
        }
    }

    fn words(&self, word: &str) -> Vec<Candidate> {
        let functions = registry().functions("").map(|one| format!("{}(", one.name));
        let own = self.functions.iter().map(|name| format!("{name}("));
        let fixed = ["client", "db", "args", "errors::", "random::", "timeline::"]
            .iter()
            .chain(KEYWORDS)
            .map(|name| (*name).to_owned());
        let variables = self.variables.keys().cloned();
        filtered(word, functions.chain(own).chain(fixed).chain(variables))
    }

    fn in_module(&self, context: &Context, word: &str) -> Vec<Candidate> {
        let module = context.before_last();
        if module == "errors" {
            return filtered(word, Kind::ALL.iter().map(|kind| kind.name().to_owned()));
        }
        let names = registry()
            .functions(module)
            .map(|one| format!("{}(", one.name));
        filtered(word, names)
    }

    fn members(&self, context: &Context, word: &str) -> Vec<Candidate> {
        let Some(end) = context.pieces.list.len().checked_sub(2) else {
            return Vec::new();
        };
        let Some(value) = context.pieces.type_at(end, &self.variables, &self.database) else {
            return Vec::new();
        };
        let methods = registry().methods(&value.label).map(|one| {
            let call = if one.is_property() { "" } else { "(" };
            format!("{}{call}", one.name)
        });
        let names = match (value.label.as_str(), &value.database, &value.collection) {
            ("Client", ..) => self.databases(),
            ("Database", Some(database), _) => self.collections(database),
            ("Collection", Some(database), Some(collection)) => {
                // Complete `db.fs.` to `db.fs.files`.
                let prefix = format!("{collection}.");
                self.collections(database)
                    .into_iter()
                    .filter_map(|name| Some(name.strip_prefix(&prefix)?.to_owned()))
                    .collect()
            }
            ("Document", Some(database), Some(collection)) => self
                .fields(database, collection)
                .into_iter()
                .filter(|name| !name.contains('.'))
                .collect(),
            _ => value.fields.clone(),
        };
        let names = names.into_iter().filter(|name| is_plain_key(name));
        let mut found = filtered(word, names);
        found.extend(filtered(word, methods));
        found
    }

    /// Returns the names for a key of a document.
    fn keys(&self, context: &Context, word: &str) -> Vec<Candidate> {
        if word.starts_with('$') {
            return self.operators(context, word, "\"", "\": ");
        }
        // A document inside an array is a pipeline stage, not options.
        if context.depth == 1 && !context.is_element {
            let names = self.option_names(context);
            if !names.is_empty() {
                return filtered(word, names.into_iter().map(key));
            }
        }
        let mut found: Vec<Candidate> = self
            .fields_here(context)
            .into_iter()
            .filter(|name| name.starts_with(word))
            .map(|name| Candidate {
                text: key(&name),
                shown: name,
            })
            .collect();
        if word.is_empty() && matches!(context.method.as_str(), "aggregate" | "watch") {
            found.extend(self.operators(context, "$", "\"", "\": "));
        }
        found
    }

    /// Returns the options of the current argument.
    fn option_names(&self, context: &Context) -> Vec<&'static str> {
        let receiver = context
            .receiver
            .and_then(|end| context.pieces.type_at(end, &self.variables, &self.database));
        let ways = registry().named(&context.method).filter(|one| {
            // If the receiver's type is unknown, use all functions of that name.
            match (context.receiver, &receiver) {
                (None, _) => one.receiver.is_empty(),
                (Some(_), None) => true,
                (Some(_), Some(receiver)) => one.receiver == receiver.label,
            }
        });
        ways.flat_map(|one| one.options_at(context.argument))
            .map(|option| option.name)
            .collect()
    }

    fn in_text(&self, before: &str, start: usize) -> (usize, Vec<Candidate>) {
        let inside = start + 1;
        let word = &before[inside.min(before.len())..];
        let context = Context::of(&before[..start]);
        let found = if word.starts_with('$') {
            self.operators(&context, word, "", "\"")
        } else if context.method == "help" {
            filtered(word, help_topics())
        } else if context.last() == "[" {
            match context
                .pieces
                .list
                .len()
                .checked_sub(2)
                .and_then(|end| context.pieces.type_at(end, &self.variables, &self.database))
            {
                Some(value) if value.label == "Client" => filtered(word, self.databases()),
                Some(Type {
                    label,
                    database: Some(database),
                    ..
                }) if label == "Database" => filtered(word, self.collections(&database)),
                _ => Vec::new(),
            }
        } else {
            filtered(word, self.fields_here(&context))
        };
        (inside, found)
    }

    fn operators(&self, context: &Context, word: &str, open: &str, close: &str) -> Vec<Candidate> {
        operators::operators(&context.method, context.argument, context.depth)
            .into_iter()
            .filter(|name| name.starts_with(word))
            .map(|name| Candidate {
                text: format!("{open}{name}{close}"),
                shown: name.to_owned(),
            })
            .collect()
    }

    /// Returns the fields of the collection whose method is called.
    fn fields_here(&self, context: &Context) -> Vec<String> {
        let value = context
            .receiver
            .and_then(|end| context.pieces.type_at(end, &self.variables, &self.database));
        match value {
            Some(Type {
                database: Some(database),
                collection: Some(collection),
                ..
            }) => self.fields(&database, &collection),
            _ => Vec::new(),
        }
    }

    fn databases(&self) -> Vec<String> {
        self.ask(Wanted::Databases)
    }

    fn collections(&self, database: &str) -> Vec<String> {
        self.ask(Wanted::Collections(database.to_owned()))
    }

    fn fields(&self, database: &str, collection: &str) -> Vec<String> {
        self.ask(Wanted::Fields(database.to_owned(), collection.to_owned()))
    }

    fn ask(&self, wanted: Wanted) -> Vec<String> {
        self.names
            .as_ref()
            .map_or_else(Vec::new, |names| names.get(wanted))
    }
}

/// Returns a key of a document, in quotes if necessary: `"let": `.
fn key(name: &str) -> String {
    if is_plain_key(name) {
        format!("{name}: ")
    } else {
        format!("\"{name}\": ")
    }
}

/// Returns a value's type, with its fields if it is a document.
fn type_of_value(value: &Dynamic) -> Type {
    let mut found = Type::named(type_of(value));
    if let Some(document) = value.read_lock::<Document>() {
        found.fields = document
            .keys()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
    } else if let Some(map) = value.read_lock::<rhai::Map>() {
        found.fields = map.keys().map(ToString::to_string).collect();
    } else if let Some(database) = value.read_lock::<crate::api::handles::database::Database>() {
        found.database = Some(database.name().to_owned());
    } else if let Some(collection) =
        value.read_lock::<crate::api::handles::collection::Collection>()
    {
        let full = collection.full_name();
        let database = full.strip_suffix(collection.name()).unwrap_or_default();
        found.database = Some(database.trim_end_matches('.').to_owned());
        found.collection = Some(collection.name().to_owned());
    }
    found
}

fn help_topics() -> impl Iterator<Item = String> {
    let types = registry().types().into_iter();
    types.chain(registry().names()).map(ToOwned::to_owned)
}

fn filtered(word: &str, names: impl IntoIterator<Item = String>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = names
        .into_iter()
        .filter(|name| name.starts_with(word))
        .map(Candidate::plain)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(line: &str) -> Vec<String> {
        let mut known = CompletionIndex {
            database: "lessons".into(),
            commands: vec!["use", "run", "quit"],
            ..CompletionIndex::default()
        };
        let fields = vec!["name".to_owned(), "number".to_owned()];
        let document = Type {
            fields,
            ..Type::named("Document")
        };
        known.variables.insert("truck".into(), document);
        known
            .variables
            .insert("other".into(), Type::named("Client"));
        let (start, found) = known.complete(line, line.len());
        found
            .into_iter()
            .map(|candidate| format!("{}{}", &line[..start], candidate.text))
            .collect()
    }

    #[test]
    fn the_text_before_the_cursor_decides() {
        for (line, expected) in [
            ("db.trucks.insert_m", "db.trucks.insert_many("),
            ("db.trucks.find().li", "db.trucks.find().limit("),
            (
                "db.trucks.find(#{}).sort(\"a\").to_a",
                "db.trucks.find(#{}).sort(\"a\").to_array(",
            ),
            ("client.shop.carts.dele", "client.shop.carts.delete_many("),
            (
                "let x = db.a.find_one().ke",
                "let x = db.a.find_one().keys(",
            ),
            ("truck.na", "truck.name"),
            (":use ot", ":use other"),
            ("\"abc\".to_up", "\"abc\".to_upper("),
            ("errors::Dupl", "errors::DuplicateKey"),
            ("random::cho", "random::choice("),
            (
                "db.a.update_one(#{}, #{ $se",
                "db.a.update_one(#{}, #{ \"$set\": ",
            ),
            (
                "db.a.update_one(#{}, #{ \"$se",
                "db.a.update_one(#{}, #{ \"$set\"",
            ),
            ("db.a.aggregate([#{ $gr", "db.a.aggregate([#{ \"$group\": "),
            ("db.a.find(#{ n: #{ \"$gt", "db.a.find(#{ n: #{ \"$gt\""),
            ("db.a.find(#{}, #{ proj", "db.a.find(#{}, #{ projection: "),
            ("connect(#{ max_po", "connect(#{ max_pool_size: "),
            (":qu", ":quit"),
            ("?find_on", "?find_one"),
            ("help(\"find_on", "help(\"find_one"),
            ("tru", "truck"),
            ("conn", "connect("),
        ] {
            let found = shown(line);
            assert!(
                found.iter().any(|text| text == expected),
                "{line}: {found:?}"
            );
        }
        // An argument is an expression, not a method of the collection.
        let argument = shown("client.shop.carts.find_one(");
        assert!(
            !argument.iter().any(|text| text.ends_with("insert_one(")),
            "{argument:?}"
        );
        assert_eq!(shown("nobody.knows."), Vec::<String>::new());
        assert_eq!(shown("// db."), Vec::<String>::new());
    }

    #[test]
    fn the_topic_is_the_word_at_the_cursor_or_the_open_call() {
        let mut known = CompletionIndex {
            database: "lessons".into(),
            ..CompletionIndex::default()
        };
        known
            .variables
            .insert("truck".into(), Type::named("Document"));
        for (before, after, topic) in [
            ("db.trucks.fin", "d_one(#{})", Some("Collection.find_one")),
            ("db.trucks.find(", ")", Some("Collection.find")),
            ("db.trucks.find().sor", "t(1)", Some("Cursor.sort")),
            ("random::ch", "oice([])", Some("random::choice")),
            ("pri", "nt(1)", Some("print")),
            ("x = tru", "ck", Some("Document")),
            ("truck.ke", "ys()", Some("Document.keys")),
            ("1 + ", " 2", None),
            ("é ", "", None),
        ] {
            let found = known.topic(&format!("{before}{after}"), before.len());
            assert_eq!(found.as_deref(), topic, "{before}|{after}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_safe_to_complete(line in any::<String>(), position in 0..60_usize) {
            let known = CompletionIndex::default();
            let (start, _) = known.complete(&line, position);
            prop_assert!(start <= line.len());
        }

        #[test]
        fn any_code_is_safe_to_complete(line in "(db|client|x|\\.|\\(|\\)|\\[|\\]|#\\{|\\}|\"|\\$|,|::|:| |a|1|`|é|find){0,25}") {
            let known = CompletionIndex::default();
            for position in 0..=line.len() {
                known.complete(&line, position);
                known.topic(&line, position);
            }
        }
    }
}
