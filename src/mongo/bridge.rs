use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Sleep;

use super::event_loop::EventLoop;
use super::interrupt::{Interrupt, StopReason};
use super::server_wait::{ServerWait, ServerWatch, WaitReporter};
use crate::error::Result;
use crate::mongo::pool::checkout_watch::{CheckoutWatch, GaveUp};
use crate::mongo::trace::origin::Origin;
use crate::mongo::trace::tracer::Tracer;
use crate::record::Recorder;

/// From this number of concurrent calls on, the idle thread runs the event loop for all.
const MANY_CALLS: usize = 4;

/// Runs the driver's asynchronous calls for a script's blocking calls.
///
/// The calling thread polls the future and runs the [`EventLoop`], so that no other thread is
/// woken. A cancelled call *drops* its future: what was not sent is never sent, and the driver
/// closes a connection that was in use. Copies share the loop.
#[derive(Clone, Debug)]
pub struct Bridge {
    event_loop: EventLoop,
    last: Arc<Mutex<JoinSet<()>>>,
    tracer: Option<Tracer>,
    waits: Option<WaitReporter>,
    recorder: Option<Recorder>,
    traces: bool,
    is_confined: bool,
}

/// Why a future was aborted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallAborted {
    Stopped(StopReason),
    /// The operation's deadline passed.
    DeadlinePassed,
    /// A connection did not become free in time; nothing was sent.
    WaitQueueTimeout,
    /// At the first contact, all servers refuse the client; nothing was sent.
    Refused,
    /// The driver panicked.
    Panicked,
}

/// The time limits of a call.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The deadline of the whole operation.
    pub deadline: Option<Instant>,
    /// How long each wait for a connection may take.
    pub wait_queue: Option<Duration>,
    /// The servers that the call waits for.
    pub(super) servers: Option<ServerWatch>,
}

impl Bridge {
    /// Starts the event loop.
    ///
    /// # Errors
    /// `Server`, if the system cannot start a thread.
    pub fn new() -> Result<Self> {
        Ok(Self {
            event_loop: EventLoop::new()?,
            last: Arc::default(),
            tracer: None,
            waits: None,
            recorder: None,
            traces: false,
            is_confined: false,
        })
    }

    /// Shows the commands of clients: of all clients, or of those where tracing is switched on.
    pub fn with_tracer(mut self, tracer: Tracer, all: bool) -> Self {
        self.tracer = Some(tracer);
        self.traces = all;
        self
    }

    /// Reports calls that wait for a server.
    pub fn with_wait_reporter(mut self, waits: WaitReporter) -> Self {
        self.waits = Some(waits);
        self
    }

    /// Returns the reporter of waits, if there is one.
    pub(super) fn wait_reporter(&self) -> Option<&WaitReporter> {
        self.waits.as_ref()
    }

    /// Records what clients do.
    pub fn with_recorder(mut self, recorder: Option<Recorder>) -> Self {
        self.recorder = recorder;
        self
    }

    /// Returns the recorder, if there is one.
    pub fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    /// Limits clients to what scripts of others may send.
    pub fn confined(mut self, is_confined: bool) -> Self {
        self.is_confined = is_confined;
        self
    }

    /// Returns whether clients are limited to what scripts of others may send.
    pub fn is_confined(&self) -> bool {
        self.is_confined
    }

    /// Returns the tracer, if there is one.
    pub fn tracer(&self) -> Option<&Tracer> {
        self.tracer.as_ref()
    }

    /// Returns whether the commands of every client are shown.
    pub fn traces_all(&self) -> bool {
        self.traces
    }

    /// Runs a future until it ends, or until one of the reasons in [`CallAborted`].
    pub fn run<T>(
        &self,
        interrupt: &Interrupt,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T>,
    ) -> std::result::Result<T, CallAborted> {
        self.event_loop
            .drive(self.observe(until_interrupted(interrupt, limits, checkout, future)))
    }

    /// Does the same for a future that owns its data, as a task. The calling thread does not run
    /// the event loop and is woken once, at the end.
    ///
    /// One call alone is slower this way, because it switches threads. Many calls at the same time
    /// are faster, because their threads do not compete for the event loop.
    pub fn run_in_background<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T> + Send + 'static,
    ) -> std::result::Result<T, CallAborted> {
        let (interrupt, checkout) = (interrupt.clone(), checkout.clone());
        let task = self
            .event_loop
            .spawn_in_background(self.observe(async move {
                until_interrupted(&interrupt, limits, &checkout, future).await
            }));
        result_of(self.event_loop.wait(task))
    }

    /// Starts a future within its limits; the caller continues.
    pub fn begin<T: Send + 'static>(
        &self,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<std::result::Result<T, CallAborted>> {
        let checkout = checkout.clone();
        self.event_loop.spawn_in_background(
            self.observe(async move { guard(checkout.observe(future), limits, &checkout).await }),
        )
    }

    /// Waits for a future from [`begin`](Self::begin), or until the run has to end.
    pub fn join<T>(
        &self,
        interrupt: &Interrupt,
        task: &mut JoinHandle<std::result::Result<T, CallAborted>>,
    ) -> std::result::Result<T, CallAborted> {
        self.event_loop.wait(async {
            tokio::select! {
                biased;
                done = task => result_of(done),
                stop = interrupt.wait() => Err(CallAborted::Stopped(stop)),
            }
        })
    }

    /// Connects a future with the call that this thread is in.
    fn observe<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Origin::observe(self.recorder.as_ref(), future)
    }

    /// Returns whether there are so many concurrent calls that their threads would slow each other
    /// down.
    pub fn has_many_calls(&self) -> bool {
        self.event_loop.calls() >= MANY_CALLS
    }

    /// Runs a future that takes no time or has its own limit.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.event_loop.drive(self.observe(future))
    }

    /// Starts a future in the background.
    pub fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.event_loop.spawn(self.observe(future))
    }

    /// Runs the driver's own tasks now, until the next call.
    pub fn continue_in_background(&self) {
        self.event_loop.wake();
    }

    /// Starts a short future that [`finish`](Self::finish) waits for.
    pub fn spawn_cleanup(&self, future: impl Future<Output = ()> + Send + 'static) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.spawn_on(self.observe(future), self.event_loop.handle());
        self.event_loop.wake();
    }

    /// Waits for the futures from [`spawn_cleanup`](Self::spawn_cleanup). Each has its own limit.
    pub fn finish(&self) {
        let mut last =
            std::mem::take(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner));
        self.block_on(async { while last.join_next().await.is_some() {} });
    }
}

/// Returns the result of a task.
fn result_of<T>(
    joined: std::result::Result<std::result::Result<T, CallAborted>, JoinError>,
) -> std::result::Result<T, CallAborted> {
    joined.unwrap_or_else(|error| {
        Err(if error.is_panic() {
            CallAborted::Panicked
        } else {
            // The runtime is shutting down, because the program ends.
            CallAborted::Stopped(StopReason::Ended)
        })
    })
}

async fn until_interrupted<T>(
    interrupt: &Interrupt,
    limits: Limits,
    checkout: &CheckoutWatch,
    future: impl Future<Output = T>,
) -> std::result::Result<T, CallAborted> {
    let guarded = guard(checkout.observe(future), limits, checkout);
    tokio::select! {
        biased;
        done = guarded => done,
        stop = interrupt.wait() => Err(CallAborted::Stopped(stop)),
        never = Origin::record_while_waiting() => match never {},
    }
}

/// Runs `future` until its deadline passes or its wait for a connection takes too long.
async fn guard<T>(
    future: impl Future<Output = T>,
    limits: Limits,
    checkout: &CheckoutWatch,
) -> std::result::Result<T, CallAborted> {
    let mut future = pin!(future);
    let mut deadline = limits
        .deadline
        .map(|at| Box::pin(tokio::time::sleep_until(at.into())));
    let mut queue: Option<Pin<Box<Sleep>>> = None;
    let mut server: Option<ServerWait> = None;
    poll_fn(|context| {
        if let Poll::Ready(done) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        if let Some(sleep) = &mut deadline
            && sleep.as_mut().poll(context).is_ready()
        {
            checkout.give_up(GaveUp::TimedOut);
            return Poll::Ready(Err(CallAborted::DeadlinePassed));
        }
        match (limits.wait_queue, checkout.waiting_since()) {
            (Some(limit), Some(since)) => {
                let at = tokio::time::Instant::from_std(since + limit);
                let sleep = queue.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
                if sleep.deadline() != at {
                    sleep.as_mut().reset(at);
                }
                if sleep.as_mut().poll(context).is_ready() {
                    checkout.give_up(GaveUp::TimedOut);
                    return Poll::Ready(Err(CallAborted::WaitQueueTimeout));
                }
            }
            _ => queue = None,
        }
        match &limits.servers {
            Some(watch) if watch.is_waiting(checkout) => {
                let wait = server.get_or_insert_with(|| ServerWait::new(watch, limits.deadline));
                if wait.poll_refused(context).is_ready() {
                    return Poll::Ready(Err(CallAborted::Refused));
                }
            }
            _ => server = None,
        }
        Poll::Pending
    })
    .await
}
