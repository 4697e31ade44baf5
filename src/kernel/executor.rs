use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::assistant::{Known, lock};
use super::cell_command::CellCommand;
use super::commands::{CellPlace, Commands};
use super::publisher::Publisher;
use super::request::Request;
use crate::api::run::output_origin;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::diagnose::Report;
use crate::notebook::{CellEnd, CellSession, cell_error};
use crate::render::mime_bundle;

/// The width of a report, in columns.
const WIDTH: usize = 80;

/// How often failed tasks are looked for while no cell runs.
const LOOK: Duration = Duration::from_millis(100);

/// How long after an error the cells are awaited that were sent before their client knew of it.
const LATE_CELLS: Duration = Duration::from_millis(20);

/// Runs cells one after another.
pub(super) struct Executor {
    session: Session,
    cells: CellSession,
    commands: Commands,
    publisher: Publisher,
    known: Known,
    /// The number of the last cell, as people see it.
    count: usize,
    /// The origin of the last cell, which also silent cells have.
    origin: u64,
    /// Why no cell may run.
    refusal: Option<Report>,
    /// Whether the kernel ends, so that no more cells may run.
    closing: Arc<AtomicBool>,
}

impl Executor {
    pub(super) fn new(
        session: &Session,
        publisher: &Publisher,
        commands: Commands,
        known: Known,
        closing: Arc<AtomicBool>,
    ) -> Self {
        let executor = Self {
            session: session.clone(),
            cells: CellSession::new(session),
            commands,
            publisher: publisher.clone(),
            known,
            count: 0,
            origin: 0,
            refusal: None,
            closing,
        };
        executor.learn();
        executor
    }

    /// Answers each cell with this error, if there is one.
    pub(super) fn refusing(mut self, refusal: Option<Report>) -> Self {
        self.refusal = refusal;
        self
    }

    /// Runs cells until there are no more. Then it ends the session.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        loop {
            match requests.recv_timeout(LOOK) {
                Ok(request) if self.closing.load(Ordering::SeqCst) => abort(request),
                Ok(request) => self.take(request, requests),
                Err(RecvTimeoutError::Timeout) => self.report_failed_task(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.commands.end();
        self.session.finish();
    }

    /// Runs a cell and answers its request. If it fails, the cells that wait do not run.
    fn take(&mut self, request: Request, requests: &Receiver<Request>) {
        let (answer, has_failed) = self.execute(&request);
        let waiting: Vec<Request> = match has_failed && request.message.flag("stop_on_error", true)
        {
            true => {
                thread::sleep(LATE_CELLS);
                requests.try_iter().collect()
            }
            false => Vec::new(),
        };
        // From here on, the client knows of the error.
        request.end(&answer);
        waiting.into_iter().for_each(abort);
    }

    /// Runs one cell. Returns the answer to its request, and whether it failed.
    fn execute(&mut self, request: &Request) -> (Value, bool) {
        let message = &request.message;
        let code = message.text("code");
        let is_silent = message.flag("silent", false);
        self.origin += 1;
        if !is_silent && message.flag("store_history", true) {
            self.count += 1;
            lock(&self.known.inputs).add(self.count, code);
        }
        request.begin();
        self.publisher
            .begin(self.origin, (!is_silent).then_some(&message.header));
        let input = json!({ "code": code, "execution_count": self.count });
        self.publisher
            .send_from(self.origin, "execute_input", &input);
        let end = self.run_cell(code);
        let mut answer = self.show(&end);
        if end.failure.is_none() {
            let expressions = self.evaluate(&message.content["user_expressions"]);
            answer.insert("user_expressions".into(), expressions.into());
            answer.insert("payload".into(), json!([]));
        }
        self.learn();
        (answer.into(), end.failure.is_some())
    }

    fn run_cell(&mut self, code: &str) -> CellEnd {
        if let Some(report) = &self.refusal {
            return CellEnd::failed(report.clone());
        }
        let name = self.name();
        let place = CellPlace {
            name: &name,
            origin: self.origin,
        };
        match CellCommand::of(code) {
            Some(command) => self.commands.run(&mut self.cells, place, &command),
            None => self.cells.run(&name, self.origin, code),
        }
    }

    fn name(&self) -> String {
        format!("In[{}]", self.count)
    }

    /// Shows how a cell ended, and returns the answer to its request.
    fn show(&self, end: &CellEnd) -> Map<String, Value> {
        let mut answer = Map::new();
        if let Some(report) = &end.failure {
            let error = cell_error(report);
            let content = Value::Object(error.clone());
            self.publisher.send_from(self.origin, "error", &content);
            answer.insert("status".into(), "error".into());
            answer.extend(error);
        } else {
            if let Some(value) = &end.value {
                let content = json!({
                    "data": mime_bundle::result(value), "metadata": {},
                    "execution_count": self.count,
                });
                self.publisher
                    .send_from(self.origin, "execute_result", &content);
            }
            answer.insert("status".into(), "ok".into());
        }
        if let Some(Termination::Exit(_)) = end.termination {
            let note = "`exit` ends the cell, not the kernel";
            self.publisher.line("stderr", note);
        }
        answer.insert("execution_count".into(), self.count.into());
        answer
    }

    /// Evaluates expressions that a client wants the values of.
    fn evaluate(&mut self, expressions: &Value) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, code) in expressions.as_object().into_iter().flatten() {
            let code = code.as_str().unwrap_or_default();
            let end = self.cells.run(&self.name(), self.origin, code);
            let value = match (&end.failure, &end.value) {
                (Some(report), _) => {
                    let mut error = cell_error(report);
                    error.insert("status".into(), "error".into());
                    error.into()
                }
                (None, Some(value)) => json!({
                    "status": "ok", "data": mime_bundle::result(value), "metadata": {},
                }),
                (None, None) => json!({
                    "status": "ok", "data": { "text/plain": "()" }, "metadata": {},
                }),
            };
            values.insert(name.clone(), value);
        }
        values
    }

    fn learn(&self) {
        let mut index = lock(&self.known.index);
        if let Some(database) = self.session.used_database().get() {
            index.database = database;
        }
        index.learn(&self.cells.interactive);
    }

    /// Shows the error of a task that no cell waits for, under the cell that started the task.
    fn report_failed_task(&self) {
        if let Some(failure) = self.cells.interactive.task_failures().take() {
            output_origin::enter(self.session.run_state().failed_origin());
            let report = self.cells.report(&failure);
            self.publisher.line("stderr", "a task failed");
            self.publisher.tell("stderr", &report.render(WIDTH));
        }
    }
}

/// Answers a request for a cell that does not run.
fn abort(request: Request) {
    request.begin();
    request.end(&json!({ "status": "aborted" }));
}
