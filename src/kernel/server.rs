use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::assistant::{Assistant, Known, lock};
use super::commands::{self, Commands};
use super::connection_file::{Channel, ConnectionFile};
use super::executor::Executor;
use super::exercises::CourseAccess;
use super::message::{Message, MessageWriter, PROTOCOL};
use super::parent;
use super::publisher::Publisher;
use super::request::Request;
use super::signature::Signer;
use super::transport::{Broadcast, Frames, Router};
use crate::api::run::session::Session;
use crate::diagnose::explain_usage;
use crate::engine::limits::STACK_BYTES;
use crate::error::{Error, Kind, Result};
use crate::mongo::StopReason;
use crate::notebook::language_info;
use crate::repl::completion::{CompletionIndex, ServerNames};
use crate::repl::open_in_background;

/// How long the end of the kernel waits for its cell, which may be in a function that cannot stop.
const END_OF_CELL: Duration = Duration::from_secs(3);

/// How long the end of the kernel waits until its last messages are sent.
const LAST_MESSAGES: Duration = Duration::from_secs(1);

/// What a kernel needs to start.
pub struct Start {
    pub connection: ConnectionFile,
    /// A session whose output goes to `publisher`.
    pub session: Session,
    pub publisher: Publisher,
    /// The process whose end is the end of the kernel.
    pub parent: Option<i32>,
    /// Why no cell may run: the notebook is a lesson, and the server is not private.
    pub refusal: Option<Error>,
    /// The exercises, for `:check`.
    pub course: CourseAccess,
    /// Whether completion may read documents to find the names of fields.
    pub reads_fields: bool,
}

/// Runs a kernel until a client or the end of its parent ends it.
///
/// # Errors
/// `Server` if it cannot listen where its connection file says.
pub fn run(start: Start) -> Result<()> {
    let failed = |cause: String| Error::new(Kind::Server, cause);
    // Messages do not share a runtime with the driver: neither can delay the other.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| failed(format!("the kernel cannot start: {cause}")))?;
    runtime.block_on(serve(start)).map_err(failed)
}

async fn serve(start: Start) -> std::result::Result<(), String> {
    let at = |channel| start.connection.endpoint(channel);
    let mut shell = Router::bind(&at(Channel::Shell)).await?;
    let mut control = Router::bind(&at(Channel::Control)).await?;
    let mut heartbeat = Router::bind(&at(Channel::Heartbeat)).await?;
    // Scripts do not ask for input.
    let _input = Router::bind(&at(Channel::Stdin)).await?;
    let broadcast = Broadcast::bind(&at(Channel::Iopub)).await?;
    let (publisher, parent) = (start.publisher.clone(), start.parent);
    let mut kernel = Kernel::new(start)?;
    let (iopub, outgoing) = unbounded_channel();
    let writer = kernel.writer.clone();
    publisher.attach(writer.clone(), iopub);
    let broadcasting = tokio::spawn(broadcast.run(outgoing, move |topic| welcome(&writer, topic)));
    tokio::spawn(publisher.clone().send_lines());
    let starting = json!({ "execution_state": "starting" });
    publisher.send("status", &Map::new(), &starting);

    let mut parent_ended = parent::ended(parent);
    let listen = |kind| signal(kind).map_err(|cause| format!("signals cannot be read: {cause}"));
    let mut interrupts = listen(SignalKind::interrupt())?;
    let mut terminates = listen(SignalKind::terminate())?;
    while !kernel.is_ending {
        tokio::select! {
            Some(frames) = control.incoming.recv() => kernel.take(&frames, &control.outgoing),
            Some(frames) = shell.incoming.recv() => kernel.take(&frames, &shell.outgoing),
            Some(frames) = heartbeat.incoming.recv() => {
                let _ = heartbeat.outgoing.send(frames);
            }
            _ = interrupts.recv() => kernel.interrupt(),
            _ = terminates.recv() => break,
            _ = &mut parent_ended => break,
            else => break,
        }
    }
    kernel.end().await;
    publisher.detach();
    drop((shell.outgoing, control.outgoing));
    let sent = async { tokio::join!(shell.sending, control.sending, broadcasting) };
    // A client that does not read its messages does not get them.
    let _ = timeout(LAST_MESSAGES, sent).await;
    Ok(())
}

/// Returns the message that tells a client that it receives all output from now on.
fn welcome(writer: &MessageWriter, topic: &[u8]) -> Frames {
    let content = json!({ "subscription": String::from_utf8_lossy(topic) });
    let topic = Bytes::copy_from_slice(topic);
    writer.frames(vec![topic], "iopub_welcome", &Map::new(), &content)
}

/// Gives each request to the thread that answers it.
struct Kernel {
    writer: MessageWriter,
    publisher: Publisher,
    session: Session,
    cells: Sender<Request>,
    questions: Sender<Request>,
    /// Whether no more cells may run.
    closing: Arc<AtomicBool>,
    cells_ended: oneshot::Receiver<()>,
    /// Whether a client has ended the kernel.
    is_ending: bool,
}

impl Kernel {
    fn new(start: Start) -> std::result::Result<Self, String> {
        let Start {
            connection,
            session,
            publisher,
            refusal,
            course,
            ..
        } = start;
        let known = Known::default();
        *lock(&known.index) = CompletionIndex {
            database: session.database_name().to_owned(),
            names: Some(ServerNames::new(&session, start.reads_fields)),
            commands: commands::names(),
            ..CompletionIndex::default()
        };
        let closing: Arc<AtomicBool> = Arc::default();
        let (cells, of_cells) = channel();
        let (ended, cells_ended) = oneshot::channel();
        let assistant = Assistant::new(&known, &session);
        let (for_cells, output, is_closing) =
            (session.clone(), publisher.clone(), Arc::clone(&closing));
        let refusal = refusal.as_ref().map(explain_usage);
        thread_named("cells", move || {
            let commands = Commands::new(&output, course);
            let executor = Executor::new(&for_cells, &output, commands, known, is_closing);
            executor.refusing(refusal).run(&of_cells);
            // The end of the kernel may not have waited.
            let _ = ended.send(());
        })?;
        let (questions, of_assistant) = channel();
        thread_named("assistant", move || assistant.run(&of_assistant))?;
        open_in_background(&session);
        Ok(Self {
            writer: MessageWriter::new(Signer::new(&connection.key)),
            publisher,
            session,
            cells,
            questions,
            closing,
            cells_ended,
            is_ending: false,
        })
    }

    /// Answers a message of a client. A message that is not signed is dropped.
    fn take(&mut self, frames: &[Bytes], replies: &UnboundedSender<Frames>) {
        let Some(message) = Message::read(frames, self.writer.signer()) else {
            return;
        };
        let request = Request::new(message, replies, &self.writer, &self.publisher);
        match request.message.kind() {
            "execute_request" => drop(self.cells.send(request)),
            "complete_request" | "inspect_request" | "is_complete_request" | "history_request" => {
                drop(self.questions.send(request));
            }
            kind => {
                let kind = kind.to_owned();
                request.begin();
                match self.answer(&kind, &request) {
                    Some(content) => request.end(&content),
                    None => request.idle(),
                }
            }
        }
    }

    /// Answers a request that needs no thread of its own.
    fn answer(&mut self, kind: &str, request: &Request) -> Option<Value> {
        Some(match kind {
            "kernel_info_request" => kernel_info(),
            "comm_info_request" => json!({ "status": "ok", "comms": {} }),
            "comm_open" => {
                // Nothing here can be the other end.
                let id = request.message.text("comm_id");
                request.publish("comm_close", &json!({ "comm_id": id, "data": {} }));
                return None;
            }
            "interrupt_request" => {
                self.interrupt();
                json!({ "status": "ok" })
            }
            "shutdown_request" => {
                self.is_ending = true;
                let restart = request.message.flag("restart", false);
                let content = json!({ "status": "ok", "restart": restart });
                request.publish("shutdown_reply", &content);
                content
            }
            _ => return None,
        })
    }

    /// Ends the cell that runs. Variables and tasks stay.
    fn interrupt(&self) {
        self.session.interrupt().stop(StopReason::Interrupted);
    }

    /// Ends the cells, and the session with its tasks and servers.
    async fn end(self) {
        self.closing.store(true, Ordering::SeqCst);
        self.session.interrupt().stop(StopReason::Ended);
        drop((self.cells, self.questions));
        let _ = timeout(END_OF_CELL, self.cells_ended).await;
    }
}

fn kernel_info() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let mut language = language_info();
    language["version"] = env!("SEAWORTHY_RHAI").into();
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "seaworthy",
        "implementation_version": version,
        "language_info": language,
        "banner": format!("seaworthy {version}: scripts for MongoDB in Rhai; `help()` shows help"),
        "help_links": [],
        "debugger": false,
        "supported_features": [],
    })
}

fn thread_named(
    name: &str,
    body: impl FnOnce() + Send + 'static,
) -> std::result::Result<(), String> {
    thread::Builder::new()
        .name(name.into())
        .stack_size(STACK_BYTES)
        .spawn(body)
        .map(drop)
        .map_err(|cause| format!("no thread can be started: {cause}"))
}
