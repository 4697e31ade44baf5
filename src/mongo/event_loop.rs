use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::error::{Error, Kind, Result};

/// After this time without calls, the idle thread runs the event loop.
const IDLE: Duration = Duration::from_millis(5);
/// How long the idle thread sleeps while one call takes long.
const LONGEST_SLEEP: Duration = Duration::from_millis(320);

/// The driver's event loop. The calling thread runs it.
///
/// A thread that makes a call runs the loop until the response is there. No other thread has to be
/// woken to send or receive. Without calls, or with background tasks, the idle thread runs the
/// loop; the next call stops it. Copies share the loop.
#[derive(Clone, Debug)]
pub(super) struct EventLoop {
    shared: Arc<Shared>,
    end: Arc<IdleThreadGuard>,
}

#[derive(Debug)]
struct Shared {
    runtime: Option<Runtime>,
    /// The number of calls in progress, and of all calls so far.
    under_way: AtomicUsize,
    begun: AtomicU64,
    /// The number of background tasks.
    in_background: Arc<AtomicUsize>,
    /// Whether the idle thread runs the loop, and the signal that stops it.
    idle_thread_runs: AtomicBool,
    stop_running: Notify,
    /// Whether a task was started that should run immediately.
    wake: AtomicBool,
    ended: AtomicBool,
}

/// Ends the idle thread when the last copy of the loop is dropped.
#[derive(Debug)]
struct IdleThreadGuard {
    shared: Arc<Shared>,
    idle_thread: Thread,
}

impl EventLoop {
    /// Starts the loop and its idle thread.
    ///
    /// # Errors
    /// `Server` where the system gives no threads.
    pub(super) fn new() -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::new(
                Kind::Server,
                format!("the driver's threads cannot be started: {error}"),
            )
            .hint("the system is out of threads or memory: close other programs")
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let shared = Arc::new(Shared {
            runtime: Some(runtime),
            under_way: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            in_background: Arc::default(),
            idle_thread_runs: AtomicBool::new(false),
            stop_running: Notify::new(),
            wake: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let idle_thread = thread::Builder::new()
            .name("idle".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || shared.run_while_idle()
            })
            .map_err(failed)?;
        let end = IdleThreadGuard {
            shared: Arc::clone(&shared),
            idle_thread: idle_thread.thread().clone(),
        };
        Ok(Self {
            shared,
            end: Arc::new(end),
        })
    }

    /// Runs the loop until `future` is done.
    pub(super) fn drive<T>(&self, future: impl Future<Output = T>) -> T {
        let shared = &self.shared;
        let _call = Call::begin(shared);
        if shared.in_background.load(Ordering::SeqCst) == 0
            && shared.idle_thread_runs.swap(false, Ordering::SeqCst)
        {
            shared.stop_running.notify_one();
        }
        shared.runtime().block_on(async {
            let done = future.await;
            // Lets follow-up tasks of the call run, above all the return of its connection to the
            // pool.
            tokio::task::yield_now().await;
            done
        })
    }

    /// Waits for a [background](Self::spawn_in_background) task. Another thread runs the loop.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let _call = Call::begin(&self.shared);
        self.shared.runtime().handle().block_on(future)
    }

    /// Returns the number of calls in progress.
    pub(super) fn calls(&self) -> usize {
        self.shared.under_way.load(Ordering::Relaxed)
    }

    /// Starts a future that runs whenever a thread runs the loop.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let task = self.shared.runtime().spawn(future);
        self.wake();
        task
    }

    /// Starts a future in the background: until it is done, the idle thread runs the loop.
    pub(super) fn spawn_in_background<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let guard = BackgroundGuard::begin(&self.shared.in_background);
        self.spawn(async move {
            let _guard = guard;
            future.await
        })
    }

    pub(super) fn handle(&self) -> &tokio::runtime::Handle {
        self.shared.runtime().handle()
    }

    /// Wakes the idle thread, so that it runs a new task if no other thread does.
    pub(super) fn wake(&self) {
        if !self.shared.wake.swap(true, Ordering::SeqCst) {
            self.end.idle_thread.unpark();
        }
    }
}

/// Suppresses panic messages of the loop's tasks, for the whole process. If a client is closed
/// while one of the driver's tasks still waits for a connection, that task panics
/// (`connection_requester.rs`). Only the task ends, and its caller gets
/// [`CallAborted::Panicked`](super::bridge::CallAborted).
pub fn silence_tasks() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if tokio::task::try_id().is_none() {
            report(panic);
        }
    }));
}

impl Shared {
    fn runtime(&self) -> &Runtime {
        match &self.runtime {
            Some(runtime) => runtime,
            None => unreachable!("only `drop` takes the runtime out"),
        }
    }

    fn run_while_idle(&self) {
        let mut seen = self.begun.load(Ordering::SeqCst);
        let mut sleep = IDLE;
        while !self.ended.load(Ordering::SeqCst) {
            let begun = self.begun.load(Ordering::SeqCst);
            let idle = begun == seen && self.under_way.load(Ordering::SeqCst) == 0;
            let wake = self.wake.swap(false, Ordering::SeqCst);
            if idle || wake || self.in_background.load(Ordering::SeqCst) > 0 {
                self.idle_thread_runs.store(true, Ordering::SeqCst);
                self.runtime().block_on(self.stop_running.notified());
                self.idle_thread_runs.store(false, Ordering::SeqCst);
                // The thread that stopped it runs the loop now.
                self.wake.store(false, Ordering::SeqCst);
            }
            // A call that waits for long needs nothing from this thread.
            sleep = if begun == seen && !idle {
                (sleep * 2).min(LONGEST_SLEEP)
            } else {
                IDLE
            };
            seen = begun;
            thread::park_timeout(sleep);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Does not wait for tasks that still block in it.
            runtime.shutdown_background();
        }
    }
}

impl Drop for IdleThreadGuard {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.shared.stop_running.notify_one();
        self.idle_thread.unpark();
    }
}

/// Counts one call until it is dropped.
struct Call<'a>(&'a Shared);

impl<'a> Call<'a> {
    fn begin(shared: &'a Shared) -> Self {
        shared.under_way.fetch_add(1, Ordering::SeqCst);
        shared.begun.fetch_add(1, Ordering::SeqCst);
        Self(shared)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Counts one background task until it is dropped.
struct BackgroundGuard(Arc<AtomicUsize>);

impl BackgroundGuard {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for BackgroundGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    async fn soon(number: u32) -> u32 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        number
    }

    #[test]
    fn a_spawned_task_runs_while_no_call_waits() {
        let event_loop = EventLoop::new().unwrap();
        event_loop.drive(soon(1));
        let (sender, receiver) = mpsc::channel();
        event_loop.spawn(async move {
            soon(soon(1).await).await;
            let _ = sender.send(());
        });
        receiver.recv().unwrap();
    }

    #[test]
    fn parallel_calls_and_tasks_get_their_own_answers() {
        let event_loop = EventLoop::new().unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for number in 0..100 {
                        let task = event_loop.spawn_in_background(soon(number));
                        assert_eq!(event_loop.drive(soon(number)), number);
                        assert_eq!(event_loop.wait(task).unwrap(), number);
                    }
                });
            }
        });
        assert_eq!(event_loop.calls(), 0);
    }

    #[test]
    fn a_panicking_task_does_not_stop_the_loop() {
        let event_loop = EventLoop::new().unwrap();
        let task = event_loop.spawn_in_background(async { panic!("of the driver") });
        assert!(event_loop.wait(task).unwrap_err().is_panic());
        assert_eq!(event_loop.drive(soon(2)), 2);
    }

    #[test]
    fn the_idle_thread_ends_with_the_last_copy() {
        let event_loop = EventLoop::new().unwrap();
        let copy = event_loop.clone();
        let shared = Arc::downgrade(&event_loop.shared);
        drop(event_loop);
        assert_eq!(copy.drive(soon(3)), 3);
        drop(copy);
        while shared.upgrade().is_some() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}
