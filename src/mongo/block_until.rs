use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

/// Polls a future on this thread, which sleeps until the future is woken. Returns `None` if `end`
/// comes first.
///
/// There is no event loop, so the future must wait only for other threads: for a signal, not for a
/// timer or a connection.
pub fn block_until<T>(future: impl Future<Output = T>, end: Option<Instant>) -> Option<T> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(WakeThread(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        match end.map(|end| end.saturating_duration_since(Instant::now())) {
            None => thread::park(),
            Some(left) if left.is_zero() => return None,
            Some(left) => thread::park_timeout(left),
        }
    }
}

struct WakeThread(Thread);

impl Wake for WakeThread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn another_thread_or_the_time_ends_the_wait() {
        assert_eq!(block_until(ready(1), Some(Instant::now())), Some(1));
        assert_eq!(block_until(pending::<()>(), Some(Instant::now())), None);
        let (sender, receiver) = oneshot::channel();
        let thread = thread::spawn(move || sender.send(2));
        assert_eq!(block_until(receiver, None), Some(Ok(2)));
        assert_eq!(thread.join().unwrap(), Ok(()));
    }
}
