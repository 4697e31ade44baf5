use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Sleep;

use super::{CheckoutWatch, Interrupt, Stop, Tracer};
use crate::error::{Error, Kind, Result};

/// What the driver's threads are called.
const DRIVER_THREAD: &str = "seaworthy-driver";

/// How many threads run the driver.
const WORKERS: usize = 2;

/// So many calls at a time are left to their own threads.
const CROWD: usize = 4;

/// The one way from a script's blocking call into the driver's asynchronous world.
///
/// The future is polled on the calling thread, so that a call costs no hop to another one; only readiness comes from
/// the runtime's workers. A call that gives up *drops* its future: what was not sent is never sent later, and a
/// connection that was in use is closed by the driver. Copies share the runtime.
#[derive(Clone, Debug)]
pub struct Bridge {
    runtime: Arc<Shutdown>,
    last: Arc<Mutex<JoinSet<()>>>,
    /// How many calls are under way.
    under_way: Arc<AtomicUsize>,
    tracer: Option<Tracer>,
    traces: bool,
}

/// Ends the runtime without waiting for whatever still blocks in it.
#[derive(Debug)]
struct Shutdown(Option<Runtime>);

impl Drop for Shutdown {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Why a future did not get to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    Stopped(Stop),
    /// The operation's own deadline passed.
    DeadlinePassed,
    /// No connection became free in time; nothing was sent.
    WaitQueueTimeout,
}

/// How long a call may take, and in which part.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// The end of the whole operation.
    pub deadline: Option<Instant>,
    /// How long each wait for a connection may take.
    pub wait_queue: Option<Duration>,
}

impl Bridge {
    /// Keeps the driver's own tasks from writing to the error stream, for the whole process. A client that is closed while
    /// one of them still wants a connection makes it panic (`connection_requester.rs`); that ends the task and nothing else.
    /// Where somebody waits for a task, its panic is raised again there.
    pub fn silence_driver_threads() {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(DRIVER_THREAD) {
                report(panic);
            }
        }));
    }

    /// Starts the runtime.
    ///
    /// # Errors
    /// `Server` where the system gives no threads.
    pub fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name(DRIVER_THREAD)
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(
                    Kind::Server,
                    format!("the driver's threads cannot be started: {error}"),
                )
                .hint("the system is out of threads or memory: close other programs")
            })?;
        Ok(Self {
            runtime: Arc::new(Shutdown(Some(runtime))),
            last: Arc::default(),
            under_way: Arc::default(),
            tracer: None,
            traces: false,
        })
    }

    /// Lets clients show their commands: all of them from their start on, or those that are told to.
    pub fn with_tracer(mut self, tracer: Tracer, all: bool) -> Self {
        self.tracer = Some(tracer);
        self.traces = all;
        self
    }

    /// Where commands are shown, if anywhere.
    pub fn tracer(&self) -> Option<&Tracer> {
        self.tracer.as_ref()
    }

    /// Whether every client shows its commands.
    pub fn traces_all(&self) -> bool {
        self.traces
    }

    /// Runs a future to its end, or until one of the reasons in [`Halt`].
    pub fn run<T>(
        &self,
        interrupt: &Interrupt,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T>,
    ) -> std::result::Result<T, Halt> {
        let _counted = self.count();
        self.handle()
            .block_on(until_halted(interrupt, limits, checkout, future))
    }

    /// The same for a future that owns what it uses, polled by the runtime's workers.
    ///
    /// That costs a hop, and saves the calling thread from being woken for each step: the driver answers from its own
    /// tasks. Alone a call is slower this way; in a crowd, where the threads take turns, it is faster.
    pub fn run_on_workers<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T> + Send + 'static,
    ) -> std::result::Result<T, Halt> {
        let _counted = self.count();
        let (interrupt, checkout) = (interrupt.clone(), checkout.clone());
        let task =
            self.spawn(async move { until_halted(&interrupt, limits, &checkout, future).await });
        result_of(self.block_on(task))
    }

    /// Lets a future run within its limits while the caller does something else.
    pub fn begin<T: Send + 'static>(
        &self,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<std::result::Result<T, Halt>> {
        let checkout = checkout.clone();
        self.spawn(async move { guard(checkout.observe(future), limits, &checkout).await })
    }

    /// Waits for what [`begin`](Self::begin) began, or until the run has to end.
    pub fn join<T>(
        &self,
        interrupt: &Interrupt,
        task: &mut JoinHandle<std::result::Result<T, Halt>>,
    ) -> std::result::Result<T, Halt> {
        let _counted = self.count();
        self.block_on(async {
            tokio::select! {
                biased;
                done = task => result_of(done),
                stop = interrupt.wait() => Err(Halt::Stopped(stop)),
            }
        })
    }

    /// Whether so many calls are under way that their threads would get into each other's way.
    pub fn is_crowded(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) >= CROWD
    }

    fn count(&self) -> Counted<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Counted(&self.under_way)
    }

    /// Runs a future that needs no guarding: it takes no time, or bounds itself.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.handle().block_on(future)
    }

    /// Lets a future run beside everything else.
    pub fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.handle().spawn(future)
    }

    /// Lets a short future run that [`finish`](Self::finish) waits for.
    pub fn spawn_last(&self, future: impl Future<Output = ()> + Send + 'static) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.spawn_on(future, self.handle());
    }

    /// Waits for what [`spawn_last`](Self::spawn_last) began. Each of those bounds itself.
    pub fn finish(&self) {
        let mut last =
            std::mem::take(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner));
        self.block_on(async { while last.join_next().await.is_some() {} });
    }

    fn handle(&self) -> &tokio::runtime::Handle {
        match &self.runtime.0 {
            Some(runtime) => runtime.handle(),
            None => unreachable!("the runtime is taken out only when the last bridge is dropped"),
        }
    }
}

/// One more call under way, as long as this lives.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a task that nobody aborts ended with.
fn result_of<T>(
    joined: std::result::Result<std::result::Result<T, Halt>, JoinError>,
) -> std::result::Result<T, Halt> {
    joined.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // The runtime is being shut down, and the program with it.
        Err(_) => Err(Halt::Stopped(Stop::Ended)),
    })
}

async fn until_halted<T>(
    interrupt: &Interrupt,
    limits: Limits,
    checkout: &CheckoutWatch,
    future: impl Future<Output = T>,
) -> std::result::Result<T, Halt> {
    let guarded = guard(checkout.observe(future), limits, checkout);
    tokio::select! {
        biased;
        done = guarded => done,
        stop = interrupt.wait() => Err(Halt::Stopped(stop)),
    }
}

/// Ends `future` when its deadline passes, or when it has waited too long for a connection.
async fn guard<T>(
    future: impl Future<Output = T>,
    limits: Limits,
    checkout: &CheckoutWatch,
) -> std::result::Result<T, Halt> {
    let mut future = pin!(future);
    let mut deadline = limits
        .deadline
        .map(|at| Box::pin(tokio::time::sleep_until(at.into())));
    let mut queue: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        if let Poll::Ready(done) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        if let Some(sleep) = &mut deadline
            && sleep.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(Halt::DeadlinePassed));
        }
        match (limits.wait_queue, checkout.waiting_since()) {
            (Some(limit), Some(since)) => {
                let at = tokio::time::Instant::from_std(since + limit);
                let sleep = queue.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
                if sleep.deadline() != at {
                    sleep.as_mut().reset(at);
                }
                if sleep.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(Halt::WaitQueueTimeout));
                }
            }
            _ => queue = None,
        }
        Poll::Pending
    })
    .await
}
