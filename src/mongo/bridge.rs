use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Sleep;

use super::event_loop::EventLoop;
use super::interrupt::{Interrupt, StopReason};
use crate::error::Result;
use crate::mongo::pool::checkout_watch::CheckoutWatch;
use crate::mongo::trace::tracer::Tracer;

/// From so many calls under way on, the idle thread drives for all.
const CROWD: usize = 4;

/// The one way from a script's blocking call into the driver's asynchronous world.
///
/// The future is polled on the calling thread, which drives the [`EventLoop`] meanwhile: a call costs no hop to another
/// thread. A call that gives up *drops* its future: what was not sent is never sent later, and a connection that was in
/// use is closed by the driver. Copies share the loop.
#[derive(Clone, Debug)]
pub struct Bridge {
    event_loop: EventLoop,
    last: Arc<Mutex<JoinSet<()>>>,
    tracer: Option<Tracer>,
    traces: bool,
    is_confined: bool,
}

/// Why a future did not get to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallAborted {
    Stopped(StopReason),
    /// The operation's own deadline passed.
    DeadlinePassed,
    /// No connection became free in time; nothing was sent.
    WaitQueueTimeout,
    /// The driver panicked.
    Panicked,
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
    /// Starts what drives the driver.
    ///
    /// # Errors
    /// `Server` where the system gives no threads.
    pub fn new() -> Result<Self> {
        Ok(Self {
            event_loop: EventLoop::new()?,
            last: Arc::default(),
            tracer: None,
            traces: false,
            is_confined: false,
        })
    }

    /// Lets clients show their commands: all of them from their start on, or those that are told to.
    pub fn with_tracer(mut self, tracer: Tracer, all: bool) -> Self {
        self.tracer = Some(tracer);
        self.traces = all;
        self
    }

    /// Lets clients send only what scripts of others may send.
    pub fn confined(mut self, is_confined: bool) -> Self {
        self.is_confined = is_confined;
        self
    }

    /// Whether clients send only what scripts of others may send.
    pub fn is_confined(&self) -> bool {
        self.is_confined
    }

    /// Where commands are shown, if anywhere.
    pub fn tracer(&self) -> Option<&Tracer> {
        self.tracer.as_ref()
    }

    /// Whether every client shows its commands.
    pub fn traces_all(&self) -> bool {
        self.traces
    }

    /// Runs a future to its end, or until one of the reasons in [`CallAborted`].
    pub fn run<T>(
        &self,
        interrupt: &Interrupt,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T>,
    ) -> std::result::Result<T, CallAborted> {
        self.event_loop
            .drive(until_halted(interrupt, limits, checkout, future))
    }

    /// The same for a future that owns what it uses, and without driving: the calling thread is woken once, at the end.
    ///
    /// That costs a hop. Alone a call is slower this way; in a crowd, where the threads would take turns to drive, it is
    /// faster.
    pub fn run_in_background<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T> + Send + 'static,
    ) -> std::result::Result<T, CallAborted> {
        let (interrupt, checkout) = (interrupt.clone(), checkout.clone());
        let task = self.event_loop.spawn_in_background(async move {
            until_halted(&interrupt, limits, &checkout, future).await
        });
        result_of(self.event_loop.wait(task))
    }

    /// Lets a future run within its limits while the caller does something else.
    pub fn begin<T: Send + 'static>(
        &self,
        limits: Limits,
        checkout: &CheckoutWatch,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<std::result::Result<T, CallAborted>> {
        let checkout = checkout.clone();
        self.event_loop.spawn_in_background(async move {
            guard(checkout.observe(future), limits, &checkout).await
        })
    }

    /// Waits for what [`begin`](Self::begin) began, or until the run has to end.
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

    /// Whether so many calls are under way that their threads would get into each other's way.
    pub fn is_crowded(&self) -> bool {
        self.event_loop.calls() >= CROWD
    }

    /// Runs a future that needs no guarding: it takes no time, or bounds itself.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.event_loop.drive(future)
    }

    /// Lets a future run beside everything else.
    pub fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.event_loop.spawn(future)
    }

    /// Lets a short future run that [`finish`](Self::finish) waits for.
    pub fn spawn_last(&self, future: impl Future<Output = ()> + Send + 'static) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.spawn_on(future, self.event_loop.handle());
        self.event_loop.wake();
    }

    /// Waits for what [`spawn_last`](Self::spawn_last) began. Each of those bounds itself.
    pub fn finish(&self) {
        let mut last =
            std::mem::take(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner));
        self.block_on(async { while last.join_next().await.is_some() {} });
    }
}

/// What a task that nobody aborts ended with.
fn result_of<T>(
    joined: std::result::Result<std::result::Result<T, CallAborted>, JoinError>,
) -> std::result::Result<T, CallAborted> {
    joined.unwrap_or_else(|error| {
        Err(if error.is_panic() {
            CallAborted::Panicked
        } else {
            // The runtime is being shut down, and the program with it.
            CallAborted::Stopped(StopReason::Ended)
        })
    })
}

async fn until_halted<T>(
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
    }
}

/// Ends `future` when its deadline passes, or when it has waited too long for a connection.
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
    poll_fn(|context| {
        if let Poll::Ready(done) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        if let Some(sleep) = &mut deadline
            && sleep.as_mut().poll(context).is_ready()
        {
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
                    return Poll::Ready(Err(CallAborted::WaitQueueTimeout));
                }
            }
            _ => queue = None,
        }
        Poll::Pending
    })
    .await
}
