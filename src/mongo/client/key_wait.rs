use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::error::{Error, ErrorKind};

use crate::error::server_codes::KEY_NOT_FOUND;

/// How long a server is asked again, and how often.
const LIMIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// The patience of a call with a server that has only just been started.
///
/// Such a server is the primary some milliseconds before it can read the keys with which it checks the cluster times that
/// clients bring along. Until then it refuses their commands with `KeyNotFound`. The specifications of retryable reads and writes do
/// not name that code, so the driver hands it on; but nothing has been done yet, and everything may be asked again.
#[derive(Debug, Default)]
pub struct KeyWait {
    since: Option<Instant>,
}

impl KeyWait {
    /// Waits a moment where the call ended with that refusal. Whether it is to be made again.
    pub async fn asks_again(&mut self, error: Option<&Error>) -> bool {
        if !error.is_some_and(has_no_keys)
            || self.since.get_or_insert_with(Instant::now).elapsed() > LIMIT
        {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
        true
    }
}

/// What can be asked of the driver more than once. Boxed, so that what runs it is compiled once for each kind of answer and not
/// for each operation.
pub type Operation<T> =
    Box<dyn for<'s> Fn(&'s mut ClientSession) -> BoxFuture<'s, Result<T, Error>> + Send + 'static>;

/// An operation that can be run again, out of one that uses up what it takes along.
pub fn repeatable<T>(
    operation: impl for<'s> FnOnce(&'s mut ClientSession) -> BoxFuture<'s, Result<T, Error>>
    + Clone
    + Send
    + 'static,
) -> Operation<T> {
    Box::new(move |session| operation.clone()(session))
}

/// Runs an operation, and again as long as a [`KeyWait`] has patience.
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
