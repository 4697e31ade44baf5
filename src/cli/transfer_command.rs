//! `seaworthy import` and `seaworthy export`.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bson::{Document as BsonDocument, doc};

use super::settings::Settings;
use super::streams::Streams;
use super::transfer_args::{ExportArgs, ImportArgs};
use super::{session, signals, usage};
use crate::api::run::event::Output as ScriptOutput;
use crate::api::run::session::Session;
use crate::diagnose::explain_error;
use crate::error::{Error, ExitCode, Kind, Result, visible};
use crate::mongo::{CallError, Concerns, Query, QueryKind, StopReason};
use crate::render::{Format, Steps, View};
use crate::transfer::{
    self, BadRecord, CsvTypes, ExportPlan, FileFormat, ImportError, ImportPlan, Imported, Input,
    Output, Reader, open_reader, open_writer, parse_to_bson,
};
use crate::values::codec::convert;
use crate::values::document::Document;
use crate::values::ejson::{self, Mode};

/// Imports a file, and says how many documents it had.
pub(super) fn import(
    settings: &Settings,
    args: &ImportArgs,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let (session, plan, opened) = match prepare_import(settings, args, view, &mut streams) {
        Ok(prepared) => prepared,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    signals::watch(session.interrupt());
    let started = Instant::now();
    let progress = Progress::new(settings, view, &file_name(&args.file));
    let done = session
        .client()
        .map_err(|error| (Imported::default(), ImportError::Call(error.into())));
    let (read, total) = (opened.done, opened.total);
    let done = done.and_then(|client| {
        transfer::import(
            &client,
            session.interrupt(),
            &plan,
            opened.reader,
            &mut |bad, count| {
                if let Some(bad) = bad {
                    progress.steps.above(|| {
                        let _ = writeln!(streams.errors, "{}", left_out(&args.file, &bad));
                    });
                }
                progress.documents(count, read.load(Ordering::Relaxed), total);
            },
        )
    });
    progress.finish();
    let seconds = started.elapsed().as_secs_f64();
    let (imported, failure) = match done {
        Ok(imported) => (imported, None),
        Err((imported, failure)) => (imported, Some(failure)),
    };
    session.finish();
    let said = said(imported, &plan, seconds, view);
    let code = match failure {
        None => {
            let _ = writeln!(streams.out, "{said}");
            return ExitCode::DONE;
        }
        Some(ImportError::Record(bad)) => {
            let error = bad.into_error(&file_name(&args.file));
            let hint = match error.hint_text() {
                Some(_) => error,
                None => error.hint("`--continue` leaves out such lines and reports each of them"),
            };
            refuse(&hint, view, &mut streams)
        }
        Some(ImportError::Call(CallError::Error(error))) => refuse(&error, view, &mut streams),
        Some(ImportError::Call(CallError::Stopped(stop))) => stopped(stop),
    };
    let _ = writeln!(streams.errors, "{said}");
    code
}

/// Exports a collection.
pub(super) fn export(
    settings: &Settings,
    args: &ExportArgs,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let session = match session::open_with(settings, view, ScriptOutput::new(|_| Ok(()))) {
        Ok(session) => session,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    signals::watch(session.interrupt());
    let is_file = args.output.is_some();
    let out = std::mem::replace(&mut streams.out, Box::new(std::io::sink()));
    let prepared = prepare_export(args, &session, out);
    let done = match prepared {
        Err(error) => Err(CallError::Error(error)),
        Ok((plan, writer)) => {
            let progress = Progress::new(settings, view, &args.from);
            let done = transfer::export(plan, session.interrupt(), writer, &mut |count| {
                if is_file {
                    progress.documents(count, 0, None);
                }
            });
            progress.finish();
            done
        }
    };
    session.finish();
    match done {
        Ok(count) => {
            if let Some(file) = &args.output {
                let _ = writeln!(
                    streams.errors,
                    "exported {} to {}",
                    documents(count),
                    visible(&file.display().to_string())
                );
            }
            ExitCode::DONE
        }
        Err(CallError::Stopped(stop)) => stopped(stop),
        // The reader of a pipe has seen enough.
        Err(CallError::Error(error)) if !is_file && error.message().contains("Broken pipe") => {
            ExitCode::DONE
        }
        Err(CallError::Error(error)) => refuse(&error, view, &mut streams),
    }
}

struct Opened {
    reader: Reader,
    done: std::sync::Arc<std::sync::atomic::AtomicU64>,
    total: Option<u64>,
}

fn prepare_import(
    settings: &Settings,
    args: &ImportArgs,
    view: View,
    streams: &mut Streams,
) -> Result<(Session, ImportPlan, Opened)> {
    let types = types(&args.types)?;
    let is_stream = args.file.as_os_str() == "-";
    let format = args.format.map(FileFormat::from);
    let format = match format.or_else(|| FileFormat::of_name(&args.file)) {
        Some(format) => format,
        None if is_stream => FileFormat::Json,
        None => return Err(unknown_format(&args.file)),
    };
    if !args.types.is_empty() && format != FileFormat::Csv {
        return Err(Error::invalid_argument("`--types` is only for CSV files")
            .hint("Extended JSON and BSON have types of their own"));
    }
    let input = match is_stream {
        true => {
            let empty: Box<dyn Read + Send> = Box::new(std::io::empty());
            Input::stream(std::mem::replace(&mut streams.input, empty))
        }
        false => Input::file(&args.file)?,
    };
    let (done, total) = (input.done.clone(), input.total);
    let reader = open_reader(input, format, &types, parse_to_bson)?;
    let session = session::open_with(settings, view, ScriptOutput::new(|_| Ok(())))?;
    let (database, collection) = namespace(&args.into, session.database_name())?;
    let plan = ImportPlan {
        database,
        collection,
        drop: args.drop,
        upsert_by: args.upsert_by.clone(),
        keep_going: args.keep_going,
    };
    let opened = Opened {
        reader,
        done,
        total,
    };
    Ok((session, plan, opened))
}

fn prepare_export(
    args: &ExportArgs,
    session: &Session,
    out: Box<dyn Write + Send>,
) -> Result<(ExportPlan, transfer::Writer)> {
    let by_name = args
        .output
        .as_deref()
        .map(|file| FileFormat::of_name(file).ok_or_else(|| unknown_format(file)));
    let format = match (args.format, by_name) {
        (Some(format), _) => format.into(),
        (None, Some(format)) => format?,
        (None, None) => FileFormat::JsonLines,
    };
    if format == FileFormat::Csv && args.fields.is_empty() {
        return Err(Error::invalid_argument("a CSV file needs its columns")
            .hint("name them: `--fields name,city,address.zip`"));
    }
    let filter = match &args.query {
        Some(text) => filter(text)?,
        None => BsonDocument::new(),
    };
    let mut options = BsonDocument::new();
    if !args.fields.is_empty() {
        let mut fields: BsonDocument = args
            .fields
            .iter()
            .map(|name| (name.clone(), 1.into()))
            .collect();
        if !args.fields.iter().any(|name| name == "_id") {
            fields.insert("_id", 0);
        }
        options.insert("projection", fields);
    }
    if let Some(field) = &args.sort {
        let order = match field.strip_prefix('-') {
            Some(field) => doc! { field: -1 },
            None => doc! { field: 1 },
        };
        options.insert("sort", order);
    }
    if let Some(limit) = args.first {
        options.insert("limit", i64::from(limit));
    }
    let (database, collection) = namespace(&args.from, session.database_name())?;
    let query = Query {
        client: session.client()?,
        database,
        kind: QueryKind::Find { collection, filter },
        options,
        concerns: Concerns::default(),
    };
    query.check()?;
    let output = match &args.output {
        Some(file) => Output::file(file)?,
        None => Output::stream(out),
    };
    let mode = match args.canonical {
        true => Mode::Canonical,
        false => Mode::Relaxed,
    };
    let writer = open_writer(output, format, mode, args.fields.clone())?;
    Ok((ExportPlan { query }, writer))
}

fn types(given: &[String]) -> Result<CsvTypes> {
    let mut types = CsvTypes::default();
    for pair in given {
        let (column, name) = pair.split_once('=').ok_or_else(|| {
            Error::invalid_argument(format!("`{pair}` in `--types` has no type"))
                .hint("write a column and its type: `--types age=int,born=date`")
        })?;
        types.add(column, name)?;
    }
    Ok(types)
}

/// Returns the database and the collection of `shop.orders`, or of `orders` in the default database.
fn namespace(text: &str, default: &str) -> Result<(String, String)> {
    let (database, collection) = text.split_once('.').unwrap_or((default, text));
    if database.is_empty() || collection.is_empty() {
        return Err(
            Error::invalid_argument(format!("`{text}` is not a collection"))
                .hint("write `orders`, or `shop.orders` with its database"),
        );
    }
    Ok((database.to_owned(), collection.to_owned()))
}

fn filter(text: &str) -> Result<BsonDocument> {
    let value =
        ejson::parse(text).map_err(|error| error.context(|why| format!("`--query`: {why}")))?;
    match value.try_cast::<Document>() {
        Some(filter) => convert::to_bson(&filter),
        None => Err(Error::invalid_argument("`--query` is not a document")
            .hint("for example `--query '{\"city\": \"Kiel\"}'`")),
    }
}

fn unknown_format(file: &Path) -> Error {
    Error::invalid_argument(format!("the format of `{}` is not known", file.display())).hint(
        "the ending says it: .jsonl, .json, .csv or .bson, also with .gz; or write `--type jsonl`",
    )
}

fn file_name(file: &Path) -> String {
    match file.as_os_str() == "-" {
        true => "<stdin>".to_owned(),
        false => visible(&file.display().to_string()).into_owned(),
    }
}

fn left_out(file: &Path, bad: &BadRecord) -> String {
    let text = format!(
        "{}:{}: {}",
        file_name(file),
        bad.number,
        bad.error.message()
    );
    visible(&text).into_owned()
}

fn said(imported: Imported, plan: &ImportPlan, seconds: f64, view: View) -> String {
    let Imported {
        documents: count,
        left_out,
    } = imported;
    let target = format!("{}.{}", plan.database, plan.collection);
    if view.format == Format::Json {
        return serde_json::json!({
            "imported": count, "left_out": left_out, "into": target, "seconds": seconds
        })
        .to_string();
    }
    let rest = match left_out {
        0 => String::new(),
        1 => "; 1 record was left out".to_owned(),
        _ => format!("; {left_out} records were left out"),
    };
    visible(&format!(
        "imported {} into {target} in {seconds:.1} s{rest}",
        documents(count)
    ))
    .into_owned()
}

fn documents(count: u64) -> String {
    match count {
        1 => "1 document".to_owned(),
        _ => format!("{count} documents"),
    }
}

fn refuse(error: &Error, view: View, streams: &mut Streams) -> ExitCode {
    let _ = writeln!(streams.errors, "{}", view.report(&explain_error(error)));
    match error.kind() {
        Kind::Server | Kind::ServerSelectionTimeout | Kind::Network => ExitCode::NO_SERVER,
        Kind::InvalidArgument | Kind::InvalidUri => ExitCode::USAGE,
        _ => ExitCode::THREW,
    }
}

fn stopped(stop: StopReason) -> ExitCode {
    match stop {
        StopReason::TimedOut => ExitCode::TIMED_OUT,
        _ => ExitCode::INTERRUPTED,
    }
}

/// The progress on stderr.
struct Progress {
    steps: Steps,
}

impl Progress {
    fn new(settings: &Settings, view: View, what: &str) -> Self {
        let steps = match settings.server.quiet || !view.errors_are_terminal {
            true => Steps::silent(),
            false => Steps::terminal(),
        };
        steps.step(what);
        Self { steps }
    }

    fn documents(&self, count: u64, read: u64, total: Option<u64>) {
        match total {
            Some(total) => self.steps.bytes(read, total),
            None => self.steps.step(&documents(count)),
        }
    }

    fn finish(&self) {
        self.steps.finish();
    }
}
