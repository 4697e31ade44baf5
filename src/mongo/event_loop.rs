use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::error::{Error, Kind, Result};

/// How long nobody must have called before the idle thread drives.
const IDLE: Duration = Duration::from_millis(5);

/// The driver's event loop, driven by whoever waits for it.
///
/// A thread that makes a call drives the loop until its answer is there: it sends, sleeps in the poller and reads, and no
/// other thread has to be woken for any of it. When nobody has called for a while, and when something has to go on
/// beside the script, a thread of its own drives: the idle thread. It stops as soon as there is a call. Copies share
/// the loop.
#[derive(Clone, Debug)]
pub struct EventLoop {
    shared: Arc<Shared>,
    end: Arc<End>,
}

#[derive(Debug)]
struct Shared {
    runtime: Option<Runtime>,
    /// How many calls are under way, and how many there ever were.
    under_way: AtomicUsize,
    begun: AtomicU64,
    /// How many tasks go on beside the script.
    in_background: Arc<AtomicUsize>,
    /// Whether the idle thread drives, or waits to; and what makes it stop.
    caretaking: AtomicBool,
    stop_running: Notify,
    /// Something was started that should not wait until the loop is idle.
    wake: AtomicBool,
    ended: AtomicBool,
}

/// Ends the idle thread with the last copy.
#[derive(Debug)]
struct End {
    shared: Arc<Shared>,
    idle_thread: Thread,
}

impl EventLoop {
    /// Starts the loop and its idle thread.
    ///
    /// # Errors
    /// `Server` where the system gives no threads.
    pub fn new() -> Result<Self> {
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
            caretaking: AtomicBool::new(false),
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
        let end = End {
            shared: Arc::clone(&shared),
            idle_thread: idle_thread.thread().clone(),
        };
        Ok(Self {
            shared,
            end: Arc::new(end),
        })
    }

    /// Drives the loop until `future` is done.
    pub fn drive<T>(&self, future: impl Future<Output = T>) -> T {
        let shared = &self.shared;
        let _call = Call::begin(shared);
        if shared.in_background.load(Ordering::SeqCst) == 0
            && shared.caretaking.swap(false, Ordering::SeqCst)
        {
            shared.stop_running.notify_one();
        }
        shared.runtime().block_on(async {
            let done = future.await;
            // What the call has left behind, its connection's way back into the pool above all.
            tokio::task::yield_now().await;
            done
        })
    }

    /// Waits for a task that goes on [beside](Self::spawn_in_background); somebody else drives.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let _call = Call::begin(&self.shared);
        self.shared.runtime().handle().block_on(future)
    }

    /// How many calls are under way.
    pub fn calls(&self) -> usize {
        self.shared.under_way.load(Ordering::Relaxed)
    }

    /// Lets a future run whenever somebody drives.
    pub fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let task = self.shared.runtime().spawn(future);
        self.wake();
        task
    }

    /// Lets a future run while the script does something else: until it is done, the idle thread drives.
    pub fn spawn_in_background<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let guard = BackgroundGuard::begin(&self.shared.in_background);
        self.spawn(async move {
            let _guard = guard;
            future.await
        })
    }

    pub fn handle(&self) -> &tokio::runtime::Handle {
        self.shared.runtime().handle()
    }

    /// Has the idle thread drive what was just started, if nobody else does.
    pub fn wake(&self) {
        if !self.shared.wake.swap(true, Ordering::SeqCst) {
            self.end.idle_thread.unpark();
        }
    }
}

/// Keeps tasks of the loop from writing to the error stream when they panic, for the whole process. A client that is closed
/// while one of the driver's own tasks still wants a connection makes that task panic (`connection_requester.rs`), which
/// ends the task and nothing else. Whoever waits for a task is told in its own way ([`CallAborted::Panicked`](super::bridge::CallAborted)).
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
            None => unreachable!("the runtime is taken out only when nobody has it any more"),
        }
    }

    fn run_while_idle(&self) {
        let mut seen = self.begun.load(Ordering::SeqCst);
        while !self.ended.load(Ordering::SeqCst) {
            let begun = self.begun.load(Ordering::SeqCst);
            let idle = begun == seen && self.under_way.load(Ordering::SeqCst) == 0;
            let wake = self.wake.swap(false, Ordering::SeqCst);
            if idle || wake || self.in_background.load(Ordering::SeqCst) > 0 {
                self.caretaking.store(true, Ordering::SeqCst);
                self.runtime().block_on(self.stop_running.notified());
                self.caretaking.store(false, Ordering::SeqCst);
                // The thread that stopped it drives now.
                self.wake.store(false, Ordering::SeqCst);
            }
            seen = begun;
            thread::park_timeout(IDLE);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Without waiting for whatever still blocks in it.
            runtime.shutdown_background();
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.shared.stop_running.notify_one();
        self.idle_thread.unpark();
    }
}

/// One more call under way, as long as this lives.
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

/// One more task beside the script, as long as this lives.
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
    fn the_idle_thread_ends_with_the_last_handle() {
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
