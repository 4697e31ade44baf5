//! Settings made into a session: the seam between the front end and everything that runs scripts.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::start_progress::StartProgress;
use super::{Settings, View};
use crate::api::session::{ServerSource, Session, SessionOptions};
use crate::error::Result;
use crate::mongo::{ConnectionString, Interrupt};
use crate::render::Printer;
use crate::server::{self, Lease, Progress};

/// A session for these settings. Nothing is started or connected to before a script asks for it.
///
/// # Errors
/// `Server` where the folders of the private server cannot be known.
pub fn open(settings: &Settings, view: View, printer: &Printer) -> Result<Session> {
    let deadline = settings
        .timeout
        .and_then(|time| Instant::now().checked_add(time));
    let interrupt = Interrupt::new(deadline);
    let printer = printer.clone();
    let quiet = settings.server.quiet;
    let told = interrupt.clone();
    let progress =
        move || -> Box<dyn Progress> { Box::new(StartProgress::new(quiet, view, &told)) };
    Ok(Session::new(SessionOptions {
        args: settings.args.clone(),
        seed: settings.seed,
        output: Box::new(move |event| printer.show(&event)),
        server: server_source(settings, progress)?,
        interrupt,
        database: settings.db.clone(),
    }))
}

/// Where the session's server is; `progress` makes who is told while a private one is started.
///
/// # Errors
/// `Server` where the folders of the private server cannot be known.
pub fn server_source(
    settings: &Settings,
    progress: impl Fn() -> Box<dyn Progress> + Send + Sync + 'static,
) -> Result<ServerSource> {
    if let Some(uri) = &settings.uri {
        return Ok(ServerSource::Uri(ConnectionString::new(uri.text.expose())));
    }
    let server = settings.server.to_server_settings()?;
    // Held for as long as the session lives: the server is there for its users.
    let lease: Mutex<Option<Lease>> = Mutex::new(None);
    Ok(ServerSource::Private(Box::new(move || {
        let mut lease = lease.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lease) = &*lease {
            return Ok(ConnectionString::new(lease.uri().reveal()));
        }
        let progress = progress();
        let joined = server::join(&server, &*progress)?;
        Ok(ConnectionString::new(lease.insert(joined).uri().reveal()))
    })))
}
