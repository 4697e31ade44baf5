use std::os::unix::net::UnixListener as StdListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::UnixListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use crate::error::{Error, Result};

use super::callers::Callers;
use super::counts::LinkCounts;
use super::effect::Effect;
use super::endpoint::Endpoint;
use super::fault::{Fault, OnEnd};
use super::links::Links;
use super::listener::Proxy;
use super::partition::Direction;
use crate::server::errors::{io_error, plain, server_error};

/// The proxies of a set, which run on their own thread, and the faults on its links.
#[derive(Debug)]
pub struct SetNetwork {
    links: Arc<Links>,
    callers: Arc<Callers>,
    faults: Mutex<Vec<Arc<Fault>>>,
    runtime: Handle,
    running: Mutex<Option<Running>>,
}

/// The thread of the proxies. It ends when `stop` is dropped.
#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// What a script asks for.
pub struct FaultOrder {
    pub effect: Effect,
    pub directions: Vec<Direction>,
    /// How long it lasts; `None` until it is cleared.
    pub lasts: Option<Duration>,
    /// The call, for messages.
    pub call: String,
    pub line: Option<usize>,
    /// Called once, on any thread, when the fault is on no link any more.
    pub on_end: OnEnd,
}

/// A fault that no traffic has met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedFault {
    pub call: String,
    pub line: Option<usize>,
}

impl SetNetwork {
    /// Starts a proxy for each member: it listens on the first socket and leads to the second one.
    pub(in crate::server) fn start(
        sockets: impl IntoIterator<Item = (PathBuf, PathBuf)>,
    ) -> Result<Self> {
        let mut listeners = Vec::new();
        for (socket, target) in sockets {
            let listener = StdListener::bind(&socket)
                .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
                .map_err(|cause| io_error("listen on", &socket, &cause))?;
            listeners.push((listener, target));
        }
        let links = Arc::new(Links::new(listeners.len()));
        let callers = Arc::new(Callers::default());
        let failed = |cause| server_error(format!("cannot start a proxy: {}", plain(&cause)));
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let handle = runtime.handle().clone();
        let entered = handle.enter();
        for (member, (listener, target)) in listeners.into_iter().enumerate() {
            let proxy = Proxy {
                member,
                target,
                links: Arc::clone(&links),
                callers: Arc::clone(&callers),
            };
            let listener = UnixListener::from_std(listener).map_err(failed)?;
            handle.spawn(proxy.run(listener));
        }
        drop(entered);
        let running = Running::start(runtime).map_err(failed)?;
        Ok(Self {
            links,
            callers,
            faults: Mutex::default(),
            runtime: handle,
            running: Mutex::new(Some(running)),
        })
    }

    pub(in crate::server) fn callers(&self) -> &Arc<Callers> {
        &self.callers
    }

    /// Starts a fault on all its directions.
    ///
    /// # Errors
    /// `Server` if the set has been stopped.
    pub fn begin(&self, order: FaultOrder) -> Result<()> {
        let running = lock(&self.running);
        if running.is_none() {
            return Err(server_error("the replica set has been stopped")
                .hint("start another one with `replica_set`"));
        }
        let fault = Arc::new(Fault::new(order.call, order.line, order.on_end));
        // Held until it is on all links, so that it does not end between two of them.
        fault.enter();
        for (from, to) in &order.directions {
            if let Some(link) = self.links.get(*from, *to) {
                link.begin(order.effect, &fault, order.lasts.is_some());
            }
        }
        fault.leave();
        let mut faults = lock(&self.faults);
        faults.retain(|fault| !fault.was_hit());
        faults.push(Arc::clone(&fault));
        if let Some(lasts) = order.lasts {
            let links = Arc::clone(&self.links);
            self.runtime.spawn(async move {
                tokio::time::sleep(lasts).await;
                for (from, to) in order.directions {
                    if let Some(link) = links.get(from, to) {
                        link.end(&fault);
                    }
                }
            });
        }
        Ok(())
    }

    /// Ends all faults on a link.
    pub fn clear(&self, (from, to): Direction) {
        if let Some(link) = self.links.get(from, to) {
            link.clear();
        }
    }

    /// Ends all faults.
    pub fn heal(&self) {
        for link in self.links.all() {
            link.clear();
        }
    }

    /// Returns what was counted on a link in total, and since its newest fault started.
    ///
    /// # Errors
    /// `InvalidArgument` for a member that the set does not have.
    pub fn counts(&self, (from, to): Direction) -> Result<(LinkCounts, Option<LinkCounts>)> {
        let link = self
            .links
            .get(from, to)
            .ok_or_else(|| unknown_link(from, to))?;
        Ok(link.counts())
    }

    /// Returns the faults that no traffic has met, oldest first.
    pub fn unused_faults(&self) -> Vec<UnusedFault> {
        let faults = lock(&self.faults);
        let unused = faults.iter().filter(|fault| !fault.was_hit());
        let report = |fault: &Arc<Fault>| UnusedFault {
            call: fault.call.clone(),
            line: fault.line,
        };
        unused.map(report).collect()
    }

    /// Ends the proxies and closes their connections. A second call does nothing.
    pub(in crate::server) fn stop(&self) {
        if let Some(Running { stop, thread }) = lock(&self.running).take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

impl Running {
    /// Runs the tasks of the runtime on a new thread.
    fn start(runtime: Runtime) -> std::io::Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("network".into())
            .spawn(move || {
                // It is never sent: dropping the sender ends the wait.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self { stop, thread })
    }
}

impl Drop for SetNetwork {
    fn drop(&mut self) {
        self.stop();
    }
}

fn unknown_link(from: Endpoint, to: Endpoint) -> Error {
    Error::invalid_argument(format!("the set has no link from `{from}` to `{to}`"))
}

/// Locks also after a panic of another thread: the data is never half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
