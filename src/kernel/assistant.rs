use std::cell::OnceCell;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::cell_command::CellCommand;
use super::code_points::{byte_of, index_of};
use super::input_log::InputLog;
use super::message::Message;
use super::request::Request;
use crate::api::run::session::Session;
use crate::engine::help;
use crate::repl::completion::CompletionIndex;
use crate::repl::is_incomplete;
use crate::script::{Interactive, Syntax};

/// What the cells so far have defined, for help with the next one.
#[derive(Clone, Default)]
pub(super) struct Known {
    pub index: Arc<Mutex<CompletionIndex>>,
    pub inputs: Arc<Mutex<InputLog>>,
}

/// Helps to write cells, also while a cell runs.
pub(super) struct Assistant {
    known: Known,
    session: Session,
    /// Parses code. Made when it is first needed.
    parser: OnceCell<Interactive>,
}

impl Assistant {
    pub(super) fn new(known: &Known, session: &Session) -> Self {
        Self {
            known: known.clone(),
            session: session.clone(),
            parser: OnceCell::new(),
        }
    }

    /// Answers requests until there are no more.
    pub(super) fn run(self, requests: &Receiver<Request>) {
        while let Ok(request) = requests.recv() {
            request.begin();
            let answer = self.answer(&request.message);
            request.end(&answer);
        }
    }

    fn answer(&self, message: &Message) -> Value {
        match message.kind() {
            "complete_request" => self.complete(message),
            "inspect_request" => self.inspect(message),
            "is_complete_request" => self.is_complete(message.text("code")),
            _ => lock(&self.known.inputs).answer(message),
        }
    }

    fn complete(&self, message: &Message) -> Value {
        let (code, position) = code_and_position(message);
        // A copy, so that a slow server does not delay the end of a cell.
        let index = lock(&self.known.index).clone();
        let (start, found) = index.complete(code, position);
        let (start, end) = (index_of(code, start), index_of(code, position));
        let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        json!({
            "status": "ok", "matches": texts, "cursor_start": start, "cursor_end": end,
            "metadata": {},
        })
    }

    fn inspect(&self, message: &Message) -> Value {
        let (code, position) = code_and_position(message);
        let topic = lock(&self.known.index).topic(code, position);
        let text = topic.and_then(|topic| help::find(&topic));
        let data = match &text {
            Some(text) => json!({ "text/plain": text }),
            None => json!({}),
        };
        json!({ "status": "ok", "found": text.is_some(), "data": data, "metadata": {} })
    }

    fn is_complete(&self, code: &str) -> Value {
        // The rest of a command is not always code.
        let syntax = match CellCommand::of(code) {
            Some(_) => Syntax::Complete,
            None => {
                let parser = self.parser.get_or_init(|| Interactive::new(&self.session));
                Syntax::of(parser.engine(), code)
            }
        };
        match (is_incomplete(code), syntax) {
            (true, Syntax::Wrong) | (false, Syntax::Open | Syntax::Wrong) => {
                json!({ "status": "invalid" })
            }
            (true, _) => json!({ "status": "incomplete", "indent": indent_of(code) }),
            (false, Syntax::Complete) => json!({ "status": "complete" }),
        }
    }
}

/// Returns the space at the start of the last line, and more after an open bracket.
fn indent_of(code: &str) -> String {
    let last = code.lines().last().unwrap_or_default();
    let length = last.len() - last.trim_start().len();
    let more = match last.trim_end().ends_with(['{', '(', '[']) {
        true => "    ",
        false => "",
    };
    format!("{}{more}", &last[..length])
}

fn code_and_position(message: &Message) -> (&str, usize) {
    let code = message.text("code");
    let position = message.content["cursor_pos"].as_u64();
    let position = position.and_then(|position| usize::try_from(position).ok());
    (code, byte_of(code, position.unwrap_or(usize::MAX)))
}

/// Locks, even after a panic of another thread: the values are always consistent.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
