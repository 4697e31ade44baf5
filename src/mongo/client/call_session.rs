use std::sync::{Arc, Mutex, PoisonError};

use bson::Document;
use mongodb::ClientSession;
use tokio::sync::Mutex as AsyncMutex;

/// The driver session of one call.
///
/// The server kills a cancelled call by its session, possibly later. If the session were free
/// meanwhile, another call could take it and be killed instead. So the session is shared with the
/// one who kills the call, and returns to the driver when both are done.
#[derive(Clone, Debug)]
pub(super) struct CallSession {
    pub id: Document,
    pub driver: Arc<AsyncMutex<ClientSession>>,
}

impl CallSession {
    pub(super) fn new(session: ClientSession) -> Self {
        Self {
            id: session.id().clone(),
            driver: Arc::new(AsyncMutex::new(session)),
        }
    }
}

/// Sessions of cancelled calls that the server has not confirmed to be killed. They are not used
/// again while their client lives.
#[derive(Debug, Default)]
pub(super) struct RetiredSessions(Mutex<Vec<CallSession>>);

impl RetiredSessions {
    pub(super) fn add(&self, session: CallSession) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.push(session);
    }
}
