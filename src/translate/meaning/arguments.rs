//! The arguments of methods.

use super::Meaning;
use super::methods::Method;
use super::names::path;
use super::statements::fields_of;
use crate::translate::Language;
use crate::translate::problem::{Problem, Result};
use crate::translate::snake_case::snake_case;
use crate::translate::tree::{Call, Expr, ExprKind, Items};

/// The options of all methods. Another name is a mistake in the source.
const OPTIONS: &[&str] = &[
    "allow_disk_use",
    "allow_partial_results",
    "array_filters",
    "batch_size",
    "bits",
    "bucket_name",
    "bucket_size",
    "bypass_document_validation",
    "capped",
    "causal_consistency",
    "change_stream_pre_and_post_images",
    "chunk_size_bytes",
    "clustered_index",
    "collation",
    "comment",
    "default_language",
    "document",
    "drop_target",
    "expire_after_seconds",
    "filter",
    "full_document",
    "full_document_before_change",
    "hidden",
    "hint",
    "index_option_defaults",
    "language_override",
    "let",
    "limit",
    "max",
    "max_await_time_ms",
    "max_commit_time_ms",
    "max_time_ms",
    "metadata",
    "min",
    "name",
    "no_cursor_timeout",
    "ordered",
    "partial_filter_expression",
    "pipeline",
    "projection",
    "read_concern",
    "read_preference",
    "replacement",
    "resume_after",
    "return_document",
    "return_key",
    "session",
    "show_expanded_events",
    "show_record_id",
    "size",
    "skip",
    "snapshot",
    "sort",
    "sparse",
    "start_after",
    "start_at_operation_time",
    "storage_engine",
    "text_index_version",
    "timeseries",
    "unique",
    "update",
    "upsert",
    "validation_action",
    "validation_level",
    "validator",
    "view_on",
    "weights",
    "wildcard_projection",
    "write_concern",
];

/// The arguments of one call, while they are sorted.
#[derive(Default)]
struct Sorted {
    positional: Vec<(&'static str, Expr)>,
    options: Vec<(String, Expr)>,
    /// Options that are not a literal document.
    variable: Option<Expr>,
    multiline: bool,
}

impl Meaning {
    /// Returns our arguments of a call.
    pub(super) fn arguments(&self, method: &Method, call: &Call) -> Result<Vec<Expr>> {
        let at = call.callee.at;
        let ours: Vec<&str> = method.parameters.split_whitespace().collect();
        let rest = match self.language {
            Language::Mongosh => method.mongosh,
            Language::PyMongo => method.pymongo,
        };
        let mut theirs = ours.iter().copied().chain(rest.split_whitespace());
        let mut sorted = Sorted::default();
        for arg in &call.args {
            let Some(name) = theirs.next() else {
                let why = format!(
                    "`{}` has an argument too many for a translation",
                    method.name
                );
                return Err(Problem::new(why, arg.at));
            };
            match name {
                "*" => self.options(arg, &mut sorted)?,
                _ if ours.contains(&name) => sorted.positional.push((name, arg.clone())),
                _ => self.option(name, arg, &mut sorted.options)?,
            }
        }
        for (name, value) in &call.named {
            match parameter(&ours, name) {
                Some(name) => sorted.positional.push((name, value.clone())),
                None => self.option(name, value, &mut sorted.options)?,
            }
        }
        self.in_order(&ours, sorted, at)
    }

    /// Returns the arguments in our order, and the options as a document.
    fn in_order(&self, ours: &[&'static str], sorted: Sorted, at: usize) -> Result<Vec<Expr>> {
        let mut args = Vec::new();
        let has_options = !sorted.options.is_empty() || sorted.variable.is_some();
        for name in ours {
            let given = sorted.positional.iter().find(|(given, _)| given == name);
            match given {
                Some((name, value)) => args.push(self.positional(name, value)?),
                None if args.len() == sorted.positional.len() && !has_options => break,
                None if *name == "filter" => args.push(Expr::document(Vec::new(), at)),
                None => {
                    return Err(Problem::new(
                        format!("the argument `{name}` is missing"),
                        at,
                    ));
                }
            }
        }
        match (sorted.variable, sorted.options.is_empty()) {
            (Some(variable), true) => args.push(self.expr(variable)?),
            (Some(variable), false) => {
                return Err(Problem::new(
                    "these options are not translated together",
                    variable.at,
                ));
            }
            (None, false) => {
                let items = Items {
                    items: sorted.options,
                    multiline: sorted.multiline,
                };
                args.push(Expr::new(ExprKind::Document(items), at));
            }
            (None, true) => {}
        }
        Ok(args)
    }

    fn positional(&self, name: &str, value: &Expr) -> Result<Expr> {
        match name {
            "filter" if value.kind == ExprKind::Null => Ok(Expr::document(Vec::new(), value.at)),
            "fields" => self.projection(value),
            _ => self.expr(value.clone()),
        }
    }

    /// Adds the fields of a document of options.
    fn options(&self, arg: &Expr, sorted: &mut Sorted) -> Result<()> {
        if arg.kind == ExprKind::Null {
            return Ok(());
        }
        let Some(fields) = fields_of(arg) else {
            sorted.variable = Some(arg.clone());
            return Ok(());
        };
        sorted.multiline = fields.multiline;
        for (name, value) in &fields.items {
            self.option(name, value, &mut sorted.options)?;
        }
        Ok(())
    }

    /// Adds one option with our name and our value.
    pub(super) fn option(
        &self,
        name: &str,
        value: &Expr,
        options: &mut Vec<(String, Expr)>,
    ) -> Result<()> {
        let name = snake_case(name);
        let is_true = |wanted| value.kind == ExprKind::Bool(wanted);
        let (name, value) = match name.as_str() {
            // The server ignores it.
            "background" => return Ok(()),
            "new" | "return_new_document" | "return_original" => {
                let new = name != "return_original";
                if is_true(!new) {
                    return Ok(());
                }
                if !is_true(new) {
                    return Err(Problem::new(
                        format!("`{name}` is not translated"),
                        value.at,
                    ));
                }
                ("return_document".to_owned(), Expr::text("after", value.at))
            }
            "projection" => {
                let is_empty = fields_of(value).is_some_and(|fields| fields.items.is_empty());
                if is_empty || value.kind == ExprKind::Null {
                    return Ok(());
                }
                (name, self.projection(value)?)
            }
            "sort" | "hint" => (name, self.key_spec(value)?),
            "collation" | "write_concern" | "read_concern" => (name, self.setting(value)?),
            "session" if value.kind == ExprKind::Null => return Ok(()),
            _ if !OPTIONS.contains(&name.as_str()) => {
                return Err(Problem::new(
                    format!("there is no option `{name}`"),
                    value.at,
                ));
            }
            _ => (name, self.expr(value.clone())?),
        };
        options.push((name, value));
        Ok(())
    }

    /// `["a", "b"]` and `{"a": 1}`: the fields to return.
    fn projection(&self, value: &Expr) -> Result<Expr> {
        match &value.kind {
            ExprKind::List(list) => {
                let names = list.items.iter().map(|item| item.as_text());
                let fields = names.map(|name| Some((name?.to_owned(), Expr::number(1, value.at))));
                let fields: Option<Vec<_>> = fields.collect();
                let why = || Problem::new("this projection is not translated", value.at);
                Ok(Expr::document(fields.ok_or_else(why)?, value.at))
            }
            _ => self.expr(value.clone()),
        }
    }

    /// `"a"`, `[("a", 1), ("b", -1)]`, `["a", "b"]` and `{"a": 1}`: fields with directions.
    pub(super) fn key_spec(&self, value: &Expr) -> Result<Expr> {
        let ExprKind::List(list) = &value.kind else {
            return self.expr(value.clone());
        };
        let fields = list.items.iter().map(|item| match &item.kind {
            ExprKind::Text(name) => Ok((name.clone(), Expr::number(1, item.at))),
            ExprKind::Tuple(pair) => match pair.as_slice() {
                [name, direction] if name.as_text().is_some() => {
                    let name = name.as_text().unwrap_or_default().to_owned();
                    Ok((name, self.expr(direction.clone())?))
                }
                _ => Err(Problem::new("expected a name and a direction", item.at)),
            },
            _ => Err(Problem::new("expected a name and a direction", item.at)),
        });
        let items = Items {
            items: fields.collect::<Result<_>>()?,
            multiline: list.multiline,
        };
        Ok(Expr::new(ExprKind::Document(items), value.at))
    }

    /// `Collation(locale="de")` and `WriteConcern("majority")` as documents.
    pub(super) fn setting(&self, value: &Expr) -> Result<Expr> {
        let ExprKind::Call(call) = &value.kind else {
            return self.expr(value.clone());
        };
        let class = path(&call.callee).unwrap_or_default();
        let class = class.rsplit('.').next().unwrap_or_default();
        let (first, is_text) = match class {
            "Collation" => ("locale", false),
            "WriteConcern" => ("w", false),
            "ReadConcern" => ("level", true),
            _ => return self.expr(value.clone()),
        };
        let positional = call.args.iter().map(|arg| (first.to_owned(), arg.clone()));
        let named = call.named.iter().cloned();
        let fields = positional
            .chain(named)
            .map(|(name, value)| Ok((name, self.expr(value)?)));
        let mut fields = fields.collect::<Result<Vec<_>>>()?;
        match fields.pop() {
            Some((_, level)) if is_text && fields.is_empty() => Ok(level),
            last => {
                fields.extend(last);
                Ok(Expr::document(fields, value.at))
            }
        }
    }
}

/// Returns our parameter of this name. PyMongo has some other names.
fn parameter(ours: &[&'static str], name: &str) -> Option<&'static str> {
    let name = match name {
        "key" => "field",
        "filename" => "name",
        "new_filename" if ours.contains(&"new_name") => "new_name",
        "new_filename" => "name",
        "file_id" => "id",
        "spec" => "filter",
        "requests" => "operations",
        _ => name,
    };
    ours.iter().copied().find(|ours| *ours == name)
}
