//! One run of a script, as its functions see it. Each part of it has its own file in this folder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rhai::{Dynamic, EvalAltResult, Module, NativeCallContext, Position};

use super::displays::{Displays, Due};
use super::event::Event;
use super::explanation::{CaughtIn, parameters_of};
use super::fault_log::FaultLog;
use super::random::Random;
use super::rich_value::RichValue;
use super::run_limits::{Exceeded, RunLimits};
use super::run_state::RunState;
use super::selected::Selected;
use super::server_resources::ServerResources;
use super::session_options::SessionOptions;
use super::tasks::Tasks;
use super::termination::Termination;
use super::texts::Texts;
use super::waits::Waits;
use crate::error::{Error, Kind, Result};
use crate::mongo::{Bridge, Client, ConnectionString, Interrupt, StopReason, Tracer, WaitReporter};
use crate::record::Recorder;
use crate::server::{self, SetOptions, UnusedFault};
use crate::values::thrown::{Explanation, RhaiResult, caught};

/// The state of one run, as the script or one of its tasks sees it. Copies share it.
///
/// Script functions get it from the engine's tag: [`Session::of`].
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    run_state: Arc<RunState>,
}

/// The state that the script and its tasks share.
struct Shared {
    options: SessionOptions,
    bridge: OnceLock<Bridge>,
    client: Mutex<Option<Client>>,
    tasks: Arc<Tasks>,
    resources: ServerResources,
    faults: FaultLog,
    used_database: Selected<String>,
    used_client: Selected<Client>,
    displays: Displays,
    texts: Mutex<Texts>,
    waits: Waits,
    folder: Mutex<PathBuf>,
}

impl Shared {
    fn emit_all(&self, events: Vec<Event>) -> std::io::Result<()> {
        events
            .into_iter()
            .try_for_each(|event| self.options.output.send(event))
    }
}

impl Session {
    pub fn new(options: SessionOptions) -> Self {
        let random = Random::new(options.seed);
        let run_state = RunState::new(options.interrupt.clone(), random);
        Self {
            shared: Arc::new(Shared {
                displays: Displays::new(options.output.updates),
                options,
                bridge: OnceLock::new(),
                client: Mutex::new(None),
                tasks: Arc::default(),
                resources: ServerResources::default(),
                faults: FaultLog::default(),
                used_database: Selected::default(),
                used_client: Selected::default(),
                texts: Mutex::default(),
                waits: Waits::default(),
                folder: Mutex::default(),
            }),
            run_state: Arc::new(run_state),
        }
    }

    /// Returns the session of the calling script.
    ///
    /// # Errors
    /// `Server` if an engine was built without a session, which is a bug.
    pub fn of(context: &NativeCallContext) -> Result<Self> {
        context
            .tag()
            .and_then(|tag| tag.read_lock::<Self>())
            .map(|session| session.clone())
            .ok_or_else(|| Error::new(Kind::Server, "this engine has no session"))
    }

    /// Returns this session for a new task, with a separate interrupt and separate random numbers.
    /// The end of the run ends the task; the end of a line of the prompt does not.
    pub fn for_task(&self) -> Self {
        let stream = self.tasks().next_stream();
        self.with_state(self.interrupt().for_task(), stream)
    }

    /// Returns this session for the workers of a call: the end of this session ends them.
    pub fn for_workers(&self) -> Self {
        let stream = self.tasks().next_stream();
        self.with_state(self.interrupt().child(), stream)
    }

    /// Returns this session with separate random numbers. Everything else is shared.
    pub fn with_own_random(&self) -> Self {
        self.with_state(self.interrupt().clone(), 0)
    }

    fn with_state(&self, interrupt: Interrupt, stream: u64) -> Self {
        let run_state = RunState::new(interrupt, self.random().child(stream));
        Self {
            shared: Arc::clone(&self.shared),
            run_state: Arc::new(run_state),
        }
    }

    /// Returns the state that only this script or task has.
    pub fn run_state(&self) -> &RunState {
        &self.run_state
    }

    pub fn random(&self) -> &Random {
        self.run_state.random()
    }

    pub fn interrupt(&self) -> &Interrupt {
        self.run_state.interrupt()
    }

    pub fn tasks(&self) -> &Arc<Tasks> {
        &self.shared.tasks
    }

    /// Returns the count of the threads of this run that wait.
    pub fn waits(&self) -> &Waits {
        &self.shared.waits
    }

    /// Returns when the script or one of its tasks does not wait.
    pub fn until_busy(&self) {
        self.waits().until_fewer_wait(|| 1 + self.tasks().count());
    }

    pub fn resources(&self) -> &ServerResources {
        &self.shared.resources
    }

    /// Returns the database that `:use` selected.
    pub fn used_database(&self) -> &Selected<String> {
        &self.shared.used_database
    }

    /// Returns the client that `:use` selected.
    pub fn used_client(&self) -> &Selected<Client> {
        &self.shared.used_client
    }

    /// Sets the folder of the script that runs next, in which it can use files.
    pub fn set_folder(&self, folder: &Path) {
        let current = self.shared.folder.lock();
        *current.unwrap_or_else(PoisonError::into_inner) = folder.to_owned();
    }

    /// Returns the folder of the script; empty for the current folder.
    pub fn folder(&self) -> PathBuf {
        let folder = self.shared.folder.lock();
        folder.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the texts of the scripts that run next.
    pub fn set_texts(&self, texts: &Texts) {
        let current = self.shared.texts.lock();
        *current.unwrap_or_else(PoisonError::into_inner) = texts.clone();
    }

    fn texts(&self) -> Texts {
        let texts = self.shared.texts.lock();
        texts.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the message and the hint for an error of Rhai, as an uncaught error has them.
    pub fn explain<'a>(
        &self,
        error: &EvalAltResult,
        source: Option<&str>,
        modules: impl Iterator<Item = &'a Module> + Clone,
    ) -> Explanation {
        let place = CaughtIn {
            source: source.unwrap_or_default(),
            texts: &self.texts(),
            parameters: &|name| parameters_of(modules.clone(), name),
        };
        (self.shared.options.explain)(error, &place)
    }

    /// Returns what `catch (err)` receives for an error that a closure threw.
    pub fn caught(
        &self,
        context: &NativeCallContext,
        error: Box<EvalAltResult>,
    ) -> RhaiResult<Dynamic> {
        let modules: Vec<&Module> = context.iter_namespaces().collect();
        let explain = |error: &EvalAltResult| {
            self.explain(error, context.call_source(), modules.iter().copied())
        };
        caught(error, explain).map(|(value, _)| value)
    }

    /// Returns the recorder, if the run is recorded.
    pub fn recorder(&self) -> Option<&Recorder> {
        self.shared.options.recorder.as_ref()
    }

    /// Returns the faults that the script made.
    pub fn faults(&self) -> &FaultLog {
        &self.shared.faults
    }

    pub fn args(&self) -> &[String] {
        &self.shared.options.args
    }

    pub fn limits(&self) -> &RunLimits {
        &self.shared.options.limits
    }

    /// Returns whether the scripts may use only their own servers and their own folder.
    pub fn is_confined(&self) -> bool {
        self.shared.options.confined
    }

    /// Sends an event to the front end, after the updates of displays that wait.
    pub fn emit(&self, event: Event) -> std::io::Result<()> {
        self.shared
            .emit_all(self.shared.displays.take_before_output())?;
        self.shared.options.output.send(event)
    }

    /// Shows a value, and returns the id of its display.
    pub fn display(&self, value: RichValue) -> std::io::Result<usize> {
        let id = self.shared.displays.next_id();
        let is_update = false;
        self.emit(Event::Display {
            id,
            value,
            is_update,
        })?;
        Ok(id)
    }

    /// Shows another value in a display, soon.
    pub fn update_display(&self, id: usize, value: RichValue) -> std::io::Result<()> {
        match self.shared.displays.update(id, value) {
            Due::Now => self.show_updates(),
            Due::In(pause) => {
                let shared = Arc::downgrade(&self.shared);
                let timer = std::thread::Builder::new().name("display".into());
                timer.spawn(move || {
                    std::thread::sleep(pause);
                    if let Some(shared) = shared.upgrade() {
                        // The next output of the script returns the error.
                        let _ = shared.emit_all(shared.displays.take());
                    }
                })?;
                Ok(())
            }
            Due::Later => Ok(()),
        }
    }

    /// Shows the updates of displays that wait.
    pub fn show_updates(&self) -> std::io::Result<()> {
        self.shared.emit_all(self.shared.displays.take())
    }

    /// Starts a replica set, which is stopped when the script ends.
    ///
    /// # Errors
    /// `InvalidArgument` for an invalid number of members; `Server` if it does not start.
    pub fn start_set(&self, options: SetOptions) -> Result<Arc<server::ReplicaSet>> {
        let set = (self.shared.options.start_set)(options, self.interrupt())?;
        let set = Arc::new(set);
        self.resources().add_set(Arc::clone(&set));
        Ok(set)
    }

    /// Ends the run because of a limit, also during a call.
    pub fn exceed(&self, exceeded: Exceeded) -> Box<EvalAltResult> {
        let error = self.end(Termination::LimitExceeded(exceeded));
        self.interrupt().stop(StopReason::Ended);
        error
    }

    /// Ends the run if `more` tasks would exceed the limit.
    pub fn check_tasks(&self, more: usize) -> RhaiResult<()> {
        match self.limits().tasks {
            Some(most) if self.tasks().count() + more > most => {
                Err(self.exceed(Exceeded::Tasks(most)))
            }
            _ => Ok(()),
        }
    }

    /// Returns the bridge to the driver, which is opened when it is first needed.
    pub fn bridge(&self) -> Result<&Bridge> {
        if let Some(bridge) = self.shared.bridge.get() {
            return Ok(bridge);
        }
        let shared = Arc::downgrade(&self.shared);
        let tracer = Tracer::new(move |command| {
            if let Some(shared) = shared.upgrade() {
                // A closed stderr is not an error.
                let _ = shared.options.output.send(Event::Trace(command));
            }
        });
        let shared = Arc::downgrade(&self.shared);
        let waits = WaitReporter::new(move |text| {
            if let Some(shared) = shared.upgrade() {
                // A closed stderr is not an error.
                let _ = shared.options.output.send(Event::Waiting(text));
            }
        });
        let bridge = Bridge::new()?
            .with_wait_reporter(waits)
            .with_tracer(tracer, self.shared.options.trace)
            .with_recorder(self.recorder().cloned())
            .confined(self.is_confined());
        Ok(self.shared.bridge.get_or_init(|| bridge))
    }

    /// Returns the client of the session's server, which is opened when it is first needed.
    ///
    /// # Errors
    /// `Server` if the private server cannot be started, `InvalidUri` if the URI cannot be read.
    pub fn client(&self) -> Result<Client> {
        let mut client = self.lock_client();
        if let Some(client) = &*client {
            return Ok(client.clone());
        }
        let opened = Client::open(self.bridge()?, &self.uri()?, bson::Document::new())?;
        Ok(client.insert(opened).clone())
    }

    /// Returns whether the addresses of the servers are known before it connects.
    pub fn knows_addresses(&self) -> bool {
        self.shared.options.server.knows_addresses()
    }

    /// Returns the client of the session's server if it is open. Never waits.
    pub fn opened_client(&self) -> Option<Client> {
        self.shared.client.try_lock().ok()?.clone()
    }

    /// Returns the client that `client` refers to: the selected one, or that of the session's server.
    ///
    /// # Errors
    /// Those of [`client`](Self::client).
    pub fn current_client(&self) -> Result<Client> {
        match self.used_client().get() {
            Some(client) => Ok(client),
            None => self.client(),
        }
    }

    /// Returns the client that `client` refers to if it is open. Never waits.
    pub fn opened_current_client(&self) -> Option<Client> {
        self.used_client().get().or_else(|| self.opened_client())
    }

    /// Returns whether the session's server has ever answered. Without an answer, a failure is not
    /// an error of the script.
    pub fn has_reached_a_server(&self) -> bool {
        let client = self.lock_client();
        client.as_ref().is_some_and(Client::has_reached_a_server)
    }

    /// Locks also after a panic of another thread: the client is never half changed.
    fn lock_client(&self) -> std::sync::MutexGuard<'_, Option<Client>> {
        let client = self.shared.client.lock();
        client.unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the connection string of the session's server. The private server is started first.
    pub fn uri(&self) -> Result<ConnectionString> {
        self.shared.options.server.uri()
    }

    /// Returns the name of `db`, which does not need a server.
    pub fn database_name(&self) -> &str {
        self.shared.options.database_name()
    }

    /// Ends the script with an error that it cannot catch. The first reason is kept.
    pub fn end(&self, ending: Termination) -> Box<EvalAltResult> {
        let ending = self.run_state.end(ending);
        EvalAltResult::ErrorTerminated(Dynamic::from(ending), Position::NONE).into()
    }

    pub fn ending(&self) -> Option<Termination> {
        self.run_state.ending()
    }

    /// Forgets how the last script of this session ended, before the next one runs.
    pub fn begin(&self) {
        self.pause_recording(false);
        self.run_state.begin();
    }

    /// Ends the tasks and removes what the script created on servers.
    pub fn clean_up(&self) {
        // The run has ended; a closed output is found again when it is flushed.
        let _ = self.show_updates();
        self.tasks().end();
        self.warn_of_unused_faults();
        self.pause_recording(true);
        self.resources().remove_all();
    }

    /// Warns of each network fault that no traffic has met: it proves nothing.
    fn warn_of_unused_faults(&self) {
        for UnusedFault { call, line } in self.resources().unused_faults() {
            let message =
                format!("`{call}` had no effect: nothing was sent on its links while it was on");
            // The run has ended, as above.
            let _ = self.emit(Event::Warning { message, line });
        }
    }

    fn pause_recording(&self, is_paused: bool) {
        if let Some(recorder) = self.recorder() {
            recorder.pause(is_paused);
        }
    }

    /// Ends everything that the run started. The session cannot be used after that.
    pub fn finish(&self) {
        self.clean_up();
        if let Some(bridge) = self.shared.bridge.get() {
            bridge.finish();
        }
    }
}
