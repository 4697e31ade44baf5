//! What one run of a script shares among its functions: output, chance, arguments, the way to its server.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rhai::{Dynamic, Engine, EvalAltResult, NativeCallContext, Position};

use super::random::Random;
use super::run_limits::{Exceeded, RunLimits};
use super::run_state::RunState;
use super::task::TaskState;
use super::termination::Termination;
use crate::error::{Error, Kind, Result};
use crate::mongo::{
    Bridge, Client, CommandTrace, ConnectionString, FailPoint, Interrupt, SharedSession,
    StopReason, Tracer,
};
use crate::server;

/// Something a script wanted to be seen.
#[derive(Clone, Debug)]
pub enum Event {
    /// `print(value)`.
    Print(Dynamic),
    /// `debug(value)`, with where it stands.
    Debug { value: Dynamic, line: Option<usize> },
    /// A command that a client sent, where somebody asked to see them.
    Trace(CommandTrace),
}

/// Where events go while the script runs. An error ends the run (a closed pipe does).
pub type Output = dyn Fn(Event) -> std::io::Result<()> + Send + Sync;

/// The state of one run, as the script or one of its tasks sees it. Copies share it.
///
/// Functions that scripts call reach it through the engine's tag: [`Session::of`].
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    run_state: Arc<RunState>,
}

/// What the script and its tasks have together.
struct Shared {
    options: SessionOptions,
    bridge: OnceLock<Bridge>,
    client: Mutex<Option<Client>>,
    /// How tasks get engines like their script's.
    engines: Mutex<Option<Arc<MakeEngine>>>,
    tasks: Mutex<Tasks>,
    next_task: AtomicU64,
    /// How many workers of `parallel` there are.
    workers: AtomicUsize,
    /// Those that scripts started, to end them with the run.
    client_sessions: Mutex<Vec<SharedSession>>,
    /// What the script has set up and what goes when it ends.
    fail_points: Mutex<Vec<Arc<FailPoint>>>,
    sets: Mutex<Vec<Arc<server::ReplicaSet>>>,
    // Set by the prompt's `:use`, once at most in the life of most sessions.
    used: AtomicBool,
    database: Mutex<Option<String>>,
}

/// The tasks that were not over when it was last looked, each with a number of its own.
#[derive(Default)]
struct Tasks {
    list: Vec<(usize, Arc<TaskState>)>,
    last: usize,
}

/// Makes an engine like the script's for one of its tasks.
pub type MakeEngine = dyn Fn(&Session) -> Engine + Send + Sync;

/// Where the session's server is.
pub enum ServerSource {
    /// One that the user named.
    Uri(ConnectionString),
    /// The private one, which is found or started when it is first needed.
    Private(Box<dyn Fn() -> Result<ConnectionString> + Send + Sync>),
}

impl ServerSource {
    /// A session whose scripts use no server at all.
    pub fn none() -> Self {
        Self::Private(Box::new(|| {
            Err(Error::new(Kind::Server, "this session has no server"))
        }))
    }
}

/// What a run is started with.
pub struct SessionOptions {
    /// The script's arguments, as `args`.
    pub args: Vec<String>,
    /// Makes everything drawn by chance repeatable.
    pub seed: Option<u64>,
    /// Where the script's output goes.
    pub output: Box<Output>,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
    /// Where the session's own client connects to.
    pub server: ServerSource,
    /// Whether the commands of all clients are shown.
    pub trace: bool,
    /// The name of `db`, where it is not the connection string's or `lessons`.
    pub database: Option<String>,
    /// Starts a replica set of that many members for this run; calls off the start when the switch goes.
    pub start_set: Box<StartSet>,
    /// Whether the scripts came from somebody else: they reach this session's server, the sets they start and the scripts
    /// in their own folder, and nothing else.
    pub confined: bool,
    /// What the scripts may use up.
    pub limits: RunLimits,
}

/// How replica sets are started.
pub type StartSet = dyn Fn(usize, &Interrupt) -> Result<server::ReplicaSet> + Send + Sync;

/// A session whose scripts start no replica sets.
pub fn no_sets() -> Box<StartSet> {
    Box::new(|_, _| {
        Err(Error::new(
            Kind::Server,
            "this session starts no replica sets",
        ))
    })
}

/// The database that lessons and scripts work in where nobody names another.
pub const DEFAULT_DATABASE: &str = "lessons";

impl Session {
    pub fn new(options: SessionOptions) -> Self {
        let random = Random::new(options.seed);
        let run_state = RunState::new(options.interrupt.clone(), random);
        Self {
            shared: Arc::new(Shared {
                options,
                bridge: OnceLock::new(),
                client: Mutex::new(None),
                engines: Mutex::new(None),
                tasks: Mutex::default(),
                next_task: AtomicU64::new(1),
                workers: AtomicUsize::new(0),
                client_sessions: Mutex::new(Vec::new()),
                fail_points: Mutex::default(),
                sets: Mutex::default(),
                used: AtomicBool::new(false),
                database: Mutex::new(None),
            }),
            run_state: Arc::new(run_state),
        }
    }

    /// This session as a new task sees it: a switch and chance of its own. What ends the run ends it, too; what ends a
    /// line of the prompt does not.
    pub fn for_task(&self) -> Self {
        self.with_interrupt(self.interrupt().for_task())
    }

    /// This session as workers see it that somebody waits for: what ends this one ends them.
    pub fn for_workers(&self) -> Self {
        self.with_interrupt(self.interrupt().child())
    }

    fn with_interrupt(&self, interrupt: Interrupt) -> Self {
        let number = self.shared.next_task.fetch_add(1, Ordering::Relaxed);
        let run_state = RunState::new(interrupt, self.random().child(number));
        Self {
            shared: Arc::clone(&self.shared),
            run_state: Arc::new(run_state),
        }
    }

    /// This session with chance of its own, and everything else, its switch included, the same.
    pub fn with_own_chance(&self) -> Self {
        let run_state = RunState::new(self.interrupt().clone(), self.random().child(0));
        Self {
            shared: Arc::clone(&self.shared),
            run_state: Arc::new(run_state),
        }
    }

    /// What this script, or this task, has for itself.
    pub fn run_state(&self) -> &RunState {
        &self.run_state
    }

    /// Says how tasks get their engines.
    pub fn set_engines(&self, make: Arc<MakeEngine>) {
        *lock(&self.shared.engines) = Some(make);
    }

    /// An engine for a task of this session.
    ///
    /// # Errors
    /// `Server` where nobody said how, which is a mistake of the program.
    pub fn engine(&self) -> Result<Engine> {
        let make = lock(&self.shared.engines).clone();
        make.map(|make| make(self))
            .ok_or_else(|| Error::new(Kind::Server, "this session cannot make engines for tasks"))
    }

    /// Remembers a task, to end it with the run; forgets those that are over.
    pub fn add_task(&self, task: Arc<TaskState>) {
        let mut tasks = lock(&self.shared.tasks);
        tasks.list.retain(|(_, task)| !task.is_done());
        tasks.last += 1;
        let number = tasks.last;
        tasks.list.push((number, task));
    }

    /// The tasks that are still running. A task keeps its number.
    pub fn tasks(&self) -> Vec<(usize, Arc<TaskState>)> {
        let mut tasks = lock(&self.shared.tasks);
        tasks.list.retain(|(_, task)| !task.is_done());
        tasks.list.clone()
    }

    /// Ends every task and waits until they are over.
    fn end_tasks(&self) {
        let tasks = std::mem::take(&mut lock(&self.shared.tasks).list);
        tasks.iter().for_each(|(_, task)| task.tell_to_stop());
        tasks.iter().for_each(|(_, task)| task.wait_for_end());
    }

    /// Starts a replica set that is gone when the script ends.
    ///
    /// # Errors
    /// `InvalidArgument` for a number that makes no set; `Server` where it does not start.
    pub fn start_set(&self, members: usize) -> Result<Arc<server::ReplicaSet>> {
        let set = (self.shared.options.start_set)(members, self.interrupt())?;
        let set = Arc::new(set);
        lock(&self.shared.sets).push(Arc::clone(&set));
        Ok(set)
    }

    /// Where the sets that the script started so far are.
    pub(super) fn set_uris(&self) -> Vec<ConnectionString> {
        let sets = lock(&self.shared.sets);
        sets.iter().map(|set| set.uri().clone()).collect()
    }

    pub fn limits(&self) -> &RunLimits {
        &self.shared.options.limits
    }

    /// Ends the run, in the middle of a call too.
    pub fn exceed(&self, exceeded: Exceeded) -> Box<EvalAltResult> {
        let error = self.end(Termination::LimitExceeded(exceeded));
        self.interrupt().stop(StopReason::Ended);
        error
    }

    /// Ends the run if it would have too many tasks with `more` of them.
    pub fn check_tasks(&self, more: usize) -> std::result::Result<(), Box<EvalAltResult>> {
        let Some(most) = self.limits().tasks else {
            return Ok(());
        };
        let workers = self.shared.workers.load(Ordering::Relaxed);
        match self.tasks().len() + workers + more > most {
            true => Err(self.exceed(Exceeded::Tasks(most))),
            false => Ok(()),
        }
    }

    /// Counts the workers of a `parallel` as tasks, until the guard is dropped.
    pub fn count_workers(
        &self,
        count: usize,
    ) -> std::result::Result<impl Drop + use<>, Box<EvalAltResult>> {
        self.check_tasks(count)?;
        self.shared.workers.fetch_add(count, Ordering::Relaxed);
        Ok(CountedWorkers(Arc::clone(&self.shared), count))
    }

    /// Whether the scripts may not leave their own servers and their own folder.
    pub fn is_confined(&self) -> bool {
        self.shared.options.confined
    }

    /// Remembers a fail point, to turn it off when the script ends.
    pub fn add_fail_point(&self, fail_point: Arc<FailPoint>) {
        let mut fail_points = lock(&self.shared.fail_points);
        fail_points.retain(|known| !known.is_off());
        fail_points.push(fail_point);
    }

    /// Takes away what the script set up on servers, and the servers that were its own.
    pub fn clear_away(&self) {
        self.end_tasks();
        let sessions = std::mem::take(&mut *lock(&self.shared.client_sessions));
        sessions.iter().for_each(SharedSession::end);
        let fail_points = std::mem::take(&mut *lock(&self.shared.fail_points));
        for fail_point in fail_points {
            let _ = fail_point.off();
        }
        let sets = std::mem::take(&mut *lock(&self.shared.sets));
        sets.iter().for_each(|set| set.stop());
    }

    /// The session of the script that is calling.
    ///
    /// # Errors
    /// `Server` where an engine was built without one, which is a mistake of the program.
    pub fn of(context: &NativeCallContext) -> Result<Self> {
        context
            .tag()
            .and_then(|tag| tag.read_lock::<Self>())
            .map(|session| session.clone())
            .ok_or_else(|| Error::new(Kind::Server, "this engine has no session"))
    }

    pub fn args(&self) -> &[String] {
        &self.shared.options.args
    }

    pub fn random(&self) -> &Random {
        self.run_state.random()
    }

    pub fn interrupt(&self) -> &Interrupt {
        self.run_state.interrupt()
    }

    pub fn emit(&self, event: Event) -> std::io::Result<()> {
        (self.shared.options.output)(event)
    }

    /// The way into the driver's world, opened when it is first needed.
    pub fn bridge(&self) -> Result<&Bridge> {
        if let Some(bridge) = self.shared.bridge.get() {
            return Ok(bridge);
        }
        let shared = Arc::downgrade(&self.shared);
        let tracer = Tracer::new(move |command| {
            if let Some(shared) = shared.upgrade() {
                // Nobody who reads the error stream is no error.
                let _ = (shared.options.output)(Event::Trace(command));
            }
        });
        let bridge = Bridge::new()?
            .with_tracer(tracer, self.shared.options.trace)
            .confined(self.is_confined());
        Ok(self.shared.bridge.get_or_init(|| bridge))
    }

    /// The client of the session's server, opened when it is first needed.
    ///
    /// # Errors
    /// `Server` where the private server cannot be started, `InvalidUri` where the URI cannot be read.
    pub fn client(&self) -> Result<Client> {
        let mut client = lock(&self.shared.client);
        if let Some(client) = &*client {
            return Ok(client.clone());
        }
        let opened = Client::open(self.bridge()?, &self.uri()?, bson::Document::new())?;
        Ok(client.insert(opened).clone())
    }

    /// The client of the session's server, if it was opened already. Never waits.
    pub fn opened_client(&self) -> Option<Client> {
        self.shared.client.try_lock().ok()?.clone()
    }

    /// The session's server, started by now where it is the private one.
    pub fn uri(&self) -> Result<ConnectionString> {
        match &self.shared.options.server {
            ServerSource::Uri(uri) => Ok(uri.clone()),
            ServerSource::Private(start) => start(),
        }
    }

    /// The name of `db`. Finding it out needs no server.
    pub fn database_name(&self) -> &str {
        let options = &self.shared.options;
        let named = match &options.server {
            ServerSource::Uri(uri) => uri.database(),
            ServerSource::Private(_) => None,
        };
        options
            .database
            .as_deref()
            .or(named)
            .unwrap_or(DEFAULT_DATABASE)
    }

    /// Remembers a session of a client, to end it with the run.
    pub fn add_client_session(&self, session: SharedSession) {
        lock(&self.shared.client_sessions).push(session);
    }

    /// Makes `db` another database from here on.
    pub fn use_database(&self, name: &str) {
        let mut used = self
            .shared
            .database
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *used = Some(name.to_owned());
        self.shared.used.store(true, Ordering::Relaxed);
    }

    /// The database that `db` was made, if it was.
    pub fn used_database(&self) -> Option<String> {
        if !self.shared.used.load(Ordering::Relaxed) {
            return None;
        }
        self.shared
            .database
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the last words to servers; nothing can be called afterwards.
    pub fn finish(&self) {
        self.clear_away();
        if let Some(bridge) = self.shared.bridge.get() {
            bridge.finish();
        }
    }

    /// Ends the script in a way that it cannot catch. The first ending stays.
    pub fn end(&self, ending: Termination) -> Box<EvalAltResult> {
        let ending = self.run_state.end(ending);
        EvalAltResult::ErrorTerminated(Dynamic::from(ending), Position::NONE).into()
    }

    /// Why the script has to end, if it has to.
    pub fn ending(&self) -> Option<Termination> {
        self.run_state.ending()
    }

    /// Forgets how the last script ended, before the next one of the same session runs.
    pub fn begin(&self) {
        self.run_state.begin();
    }

    /// Whether the session's server has ever answered: from then on, losing it is the script's error and no longer ours.
    pub fn has_reached_a_server(&self) -> bool {
        let client = lock(&self.shared.client);
        client.as_ref().is_some_and(Client::has_reached_a_server)
    }
}

/// Workers that count as tasks.
struct CountedWorkers(Arc<Shared>, usize);

impl Drop for CountedWorkers {
    fn drop(&mut self) {
        self.0.workers.fetch_sub(self.1, Ordering::Relaxed);
    }
}

/// A lock that outlives a panic of whoever held it: what is in these is whole at every moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
