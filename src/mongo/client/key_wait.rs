use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::error::{Error, ErrorKind};

use crate::error::server_codes::KEY_NOT_FOUND;

/// The time limit and the pause of the retries.
const LIMIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// Repeats a call to a server that has just started.
///
/// Such a server becomes primary some milliseconds before it has the keys to check cluster times.
/// Until then it refuses commands with `KeyNotFound`. The specifications of retryable reads and
/// writes do not include that code, so the driver returns it. The server has done nothing, so every
/// call can be repeated.
#[derive(Debug, Default)]
pub(crate) struct KeyWait {
    since: Option<Instant>,
}

impl KeyWait {
    /// Waits a moment if the call ended with `KeyNotFound`; returns whether to repeat it.
    pub(crate) async fn asks_again(&mut self, error: Option<&Error>) -> bool {
        if !error.is_some_and(has_no_keys)
            || self.since.get_or_insert_with(Instant::now).elapsed() > LIMIT
        {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
        true
    }
}

/// An operation that can be repeated. Boxed, so that its callers are compiled once for each result
/// type.
pub type Operation<T> =
    Box<dyn for<'s> Fn(&'s mut ClientSession) -> BoxFuture<'s, Result<T, Error>> + Send + 'static>;

/// Converts an operation that consumes its data to one that can be repeated.
pub fn repeatable<T>(
    operation: impl for<'s> FnOnce(&'s mut ClientSession) -> BoxFuture<'s, Result<T, Error>>
    + Clone
    + Send
    + 'static,
) -> Operation<T> {
    Box::new(move |session| operation.clone()(session))
}

/// Runs an operation, and repeats it as [`KeyWait`] allows.
pub async fn until_keys_are_read<T>(
    session: &mut ClientSession,
    operation: Operation<T>,
) -> Result<T, Error> {
    let mut keys = KeyWait::default();
    loop {
        let answer = operation(session).await;
        if !keys.asks_again(answer.as_ref().err()).await {
            return answer;
        }
    }
}

fn has_no_keys(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if command.code == KEY_NOT_FOUND)
}
