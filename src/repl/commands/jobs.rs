//! `:watch`, `:jobs`, `:stop`.

use bson::Document as BsonDocument;
use rhai::{Array, Dynamic};

use crate::error::{Error, Result};
use crate::mongo::{ChangeStream, Concerns, Watch, WatchScope};
use crate::repl::prompt::{NextAction, Prompt};
use crate::script::{Interactive, Outcome};
use crate::values::codec::convert;
use crate::values::document::Document;

/// `:watch COLLECTION [PIPELINE]`.
pub(super) fn watch(prompt: &mut Prompt, rest: &str) -> NextAction {
    let database = prompt.database.clone();
    let opened = match open_watch(&mut prompt.interactive, &database, rest) {
        Ok(opened) => opened,
        Err(error) => {
            prompt.error(&error);
            return NextAction::Read;
        }
    };
    prompt.handle_outcome(&opened.outcome);
    if let Some(stream) = opened.stream {
        let screen = prompt.screen.clone();
        match prompt.jobs.show_changes(&opened.name, stream, screen) {
            Ok(number) => prompt.note(&format!("[{number}] `:stop {number}` ends it")),
            Err(error) => prompt.error(&error),
        }
    }
    NextAction::Read
}

/// A watch that was asked for.
pub struct OpenedWatch {
    /// The name of the collection.
    pub name: String,
    pub outcome: Outcome,
    /// The changes, if nothing failed.
    pub stream: Option<ChangeStream>,
}

/// Opens the watch of `COLLECTION [PIPELINE]`.
///
/// # Errors
/// `InvalidArgument` if no collection is named.
pub fn open_watch(
    interactive: &mut Interactive,
    database: &str,
    words: &str,
) -> Result<OpenedWatch> {
    let (name, code) = words
        .split_once(char::is_whitespace)
        .map_or((words, ""), |(name, code)| (name, code.trim()));
    let name = name.trim_start_matches("db.").to_owned();
    if name.is_empty() {
        return Err(
            Error::invalid_argument("`:watch` needs the name of a collection").hint(
                "for example `:watch trucks [#{ \"$match\": #{ operationType: \"insert\" } }]`",
            ),
        );
    }
    let mut pipeline = Vec::new();
    if !code.is_empty() {
        let outcome = interactive.evaluate(code, &mut |value| {
            pipeline = stages_of(&value)?;
            Ok(())
        });
        if outcome.failure.is_some() {
            return Ok(OpenedWatch {
                name,
                outcome,
                stream: None,
            });
        }
    }
    let session = interactive.session().clone();
    let mut stream = None;
    let outcome = interactive.run_guarded(&mut || {
        let watch = Watch {
            client: session.current_client()?,
            scope: WatchScope::Collection {
                database: database.to_owned(),
                collection: name.clone(),
            },
            pipeline: pipeline.clone(),
            options: BsonDocument::new(),
            concerns: Concerns::default(),
            session: None,
        };
        stream = Some(ChangeStream::open(watch, session.interrupt())?);
        Ok(())
    });
    Ok(OpenedWatch {
        name,
        outcome,
        stream,
    })
}

fn stages_of(value: &Dynamic) -> Result<Vec<BsonDocument>> {
    let stage = |value: &Dynamic| match value.read_lock::<Document>() {
        Some(document) => convert::to_bson(&document),
        None => Err(
            Error::invalid_argument("a pipeline is an array of stages, each a Document")
                .hint("for example `[#{ \"$match\": #{ operationType: \"insert\" } }]`"),
        ),
    };
    match value.read_lock::<Array>() {
        Some(stages) => stages.iter().map(stage).collect(),
        None => stage(value).map(|stage| vec![stage]),
    }
}

/// `:jobs`.
pub(super) fn list(prompt: &mut Prompt, _: &str) -> NextAction {
    let mut lines = prompt.jobs.lines();
    let tasks = prompt.session().tasks().running();
    lines.extend(
        tasks
            .iter()
            .map(|(number, _)| format!("[t{number}] background task: running")),
    );
    if lines.is_empty() {
        prompt.note("nothing runs in the background");
    }
    for line in lines {
        prompt.screen.tell(&line);
    }
    NextAction::Read
}

/// `:stop N`.
pub(super) fn stop(prompt: &mut Prompt, number: &str) -> NextAction {
    let number = number.trim_matches(['[', ']']);
    if number.is_empty() {
        prompt.error(
            &Error::invalid_argument("`:stop` needs a number").hint(
                "`:jobs` lists them; `:stop 1` ends the first watch, `:stop t1` the first task",
            ),
        );
        return NextAction::Read;
    }
    if let Some(task) = number.strip_prefix('t') {
        let tasks = prompt.session().tasks().running();
        let wanted = |(number, _): &&(usize, _)| task == number.to_string();
        match tasks.iter().find(wanted) {
            Some((_, task)) => {
                task.request_stop();
                prompt.note("stopped");
            }
            None => prompt.error(
                &Error::invalid_argument(format!("there is no task `{number}`"))
                    .hint("`:jobs` lists them"),
            ),
        }
        return NextAction::Read;
    }
    let stopped = number
        .parse()
        .map_err(|_| {
            Error::invalid_argument(format!("`{number}` is not the number of a job"))
                .hint("`:jobs` lists them; `:stop 1` ends the first")
        })
        .and_then(|number| prompt.jobs.stop(number));
    match stopped {
        Ok(()) => prompt.note("stopped"),
        Err(error) => prompt.error(&error),
    }
    NextAction::Read
}
