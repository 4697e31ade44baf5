use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::error::{Error, ErrorKind};

use crate::error::NO_KEYS_YET;

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
    /// Waits a moment where the answer is that refusal. Whether the call is to be made again.
    pub fn asks_again<T>(
        &mut self,
        answer: &Result<T, Error>,
    ) -> impl Future<Output = bool> + use<T> {
        let again = answer.as_ref().is_err_and(has_no_keys)
            && self.since.get_or_insert_with(Instant::now).elapsed() < LIMIT;
        // Of the answer nothing is kept: it need not be one that several threads may look at.
        async move {
            if again {
                tokio::time::sleep(PAUSE).await;
            }
            again
        }
    }
}

/// Runs an operation, and again as long as a [`KeyWait`] has patience.
pub async fn until_keys_are_read<T>(
    session: &mut ClientSession,
    operation: impl for<'s> FnOnce(&'s mut ClientSession) -> BoxFuture<'s, Result<T, Error>> + Clone,
) -> Result<T, Error> {
    let mut keys = KeyWait::default();
    loop {
        let answer = operation.clone()(session).await;
        if !keys.asks_again(&answer).await {
            return answer;
        }
    }
}

fn has_no_keys(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if command.code == NO_KEYS_YET)
}
