use std::future::pending;
use std::pin::Pin;
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::sync::oneshot;

/// Returns when a process ends, or never without one. Then nobody can end the kernel any more.
pub(super) fn ended(process: Option<i32>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let Some(process) = process.and_then(Pid::from_raw) else {
        return Box::pin(pending());
    };
    let (ended, end) = oneshot::channel();
    let waiting = thread::Builder::new().name("parent".into()).spawn(move || {
        match pidfd_open(process, PidfdFlags::empty()) {
            Ok(descriptor) => {
                let mut descriptors = [PollFd::new(&descriptor, PollFlags::IN)];
                while poll(&mut descriptors, None) == Err(Errno::INTR) {}
                let _ = ended.send(());
            }
            Err(Errno::SRCH) => drop(ended.send(())),
            // An old system cannot tell.
            Err(_) => drop(ended),
        }
    });
    Box::pin(async move {
        if waiting.is_err() || end.await.is_err() {
            pending::<()>().await;
        }
    })
}
