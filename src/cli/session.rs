//! Creates sessions from the settings.

use std::ffi::OsString;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rhai::Dynamic;

use super::settings::ConfinedLimits;
use super::settings::{Settings, UriOrigin};
use super::start_progress::StartProgress;
use crate::api::run::event::{Event, Output};
use crate::api::run::run_limits::{DataLimit, RunLimits};
use crate::api::run::session::Session;
use crate::api::run::session_options::{ServerSource, SessionOptions, StartSet};
use crate::course::exercise::{DatabaseLock, Exercise};
use crate::error::{Result, visible};
use crate::mongo::{ClientSettings, ConnectionString, Interrupt};
use crate::render::View;
use crate::render::{Format, Printer};
use crate::server::{self, Folders, Lease, Progress, ReplicaSet};
use crate::terminal::REPORT_WIDTH;

/// Returns the options with which another process uses the same private server.
pub(super) fn same_server(settings: &Settings) -> Vec<OsString> {
    let mut options: Vec<OsString> = Vec::new();
    if let (Some(mongod), None) = (&settings.server.mongod, &settings.uri) {
        options.extend(["--mongod".into(), mongod.into()]);
    }
    if settings.server.offline {
        options.push("--offline".into());
    }
    for host in &settings.allow_changes {
        options.extend(["--allow-changes".into(), host.into()]);
    }
    options
}

/// Returns the settings for a run of an exercise, with its own server or its own locked database.
pub(super) fn for_exercise(
    settings: &Settings,
    exercise: &Exercise,
) -> (Settings, Option<DatabaseLock>) {
    let mut settings = settings.clone();
    settings.server.ephemeral |= exercise.own_server;
    if exercise.own_server {
        // Do not use the ephemeral server of the prompt.
        settings.uri = settings.uri.filter(|uri| uri.origin != UriOrigin::Trial);
    }
    if settings.db.is_some() {
        return (settings, None);
    }
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned));
    // An own server needs no lock. Without a home folder, locks are impossible.
    let database_lock = match folders {
        Ok(folders) if !settings.server.ephemeral => {
            Some(DatabaseLock::of(exercise, &folders.state.join("exercises")))
        }
        _ => None,
    };
    let database = database_lock
        .as_ref()
        .map(|database_lock| database_lock.database().to_owned());
    settings.db = Some(database.unwrap_or_else(|| exercise.database()));
    (settings, database_lock)
}

/// Opens a session that prints. It starts a server only when a script needs it.
///
/// # Errors
/// `InvalidUri` for an invalid connection string; `Server` if the folders of the private server are
/// unknown.
pub(super) fn open(settings: &Settings, view: View, printer: &Printer) -> Result<Session> {
    let printer = printer.clone();
    let updates = printer.updates();
    let output = Output::new(move |event| printer.show(&event)).with_updates(updates);
    open_with(settings, view, output)
}

/// Opens a session with its own output handler.
///
/// # Errors
/// As [`open`].
pub(super) fn open_with(settings: &Settings, view: View, output: Output) -> Result<Session> {
    let quiet = settings.server.quiet;
    open_with_progress(settings, switch(settings), output, move |interrupt| {
        Box::new(StartProgress::new(quiet, view, interrupt))
    })
}

/// Returns the interrupt of a session, with the deadline of `--timeout`.
pub(super) fn switch(settings: &Settings) -> Interrupt {
    let deadline = settings
        .timeout
        .and_then(|time| Instant::now().checked_add(time));
    Interrupt::new(deadline)
}

/// Opens a session with its own interrupt, output handler, and listener for the start of a server.
///
/// # Errors
/// As [`open`].
pub(super) fn open_with_progress(
    settings: &Settings,
    interrupt: Interrupt,
    output: Output,
    progress: impl Fn(&Interrupt) -> Box<dyn Progress> + Clone + Send + Sync + 'static,
) -> Result<Session> {
    let lease = SharedLease::default();
    open_on(settings, interrupt, &lease, output, progress)
}

/// The private server of several sessions. It runs until this is dropped.
#[derive(Clone, Default)]
pub(super) struct SharedLease(Arc<Mutex<Option<Lease>>>);

/// Opens a session on the server of `lease`, which outlives the session.
///
/// # Errors
/// As [`open`].
pub(super) fn open_on(
    settings: &Settings,
    interrupt: Interrupt,
    lease: &SharedLease,
    output: Output,
    progress: impl Fn(&Interrupt) -> Box<dyn Progress> + Clone + Send + Sync + 'static,
) -> Result<Session> {
    let told = (progress.clone(), interrupt.clone());
    Ok(Session::new(SessionOptions {
        args: settings.args.clone(),
        seed: settings.seed,
        output: quiet(settings, limited(settings, output)),
        server: server_source(settings, lease.clone(), move || told.0(&told.1))?,
        interrupt,
        trace: settings.trace,
        recorder: settings.recorder.clone(),
        database: settings.db.clone(),
        confined: settings.confined,
        limits: limits(settings)?,
        start_set: set_starter(settings, progress),
        explain: crate::diagnose::explain_caught,
    }))
}

/// Returns the limits of the session's scripts.
fn limits(settings: &Settings) -> Result<RunLimits> {
    if !settings.confined {
        return Ok(RunLimits::NONE);
    }
    let ConfinedLimits {
        data,
        memory,
        tasks,
        output,
        ..
    } = settings.limits;
    let state = settings.server.to_server_settings()?.folders.state;
    Ok(RunLimits {
        memory,
        tasks: Some(tasks),
        output: Some(output),
        data: Some(DataLimit {
            bytes: data,
            measure: Box::new(move || server::size_of(&state)),
        }),
    })
}

/// With `--quiet`, does not show what calls wait for.
fn quiet(settings: &Settings, output: Output) -> Output {
    if !settings.server.quiet {
        return output;
    }
    output.without_waits()
}

/// Limits the output of untrusted scripts.
fn limited(settings: &Settings, output: Output) -> Output {
    if !settings.confined {
        return output;
    }
    let left = AtomicU64::new(settings.limits.output);
    output.behind(move |event| {
        let event = harmless(event);
        let length = match &event {
            Event::Print(value) | Event::Debug { value, .. } => {
                Format::Text.render(value).len() + 1
            }
            Event::Display { value, .. } => Format::Text.display(value, REPORT_WIDTH).len() + 1,
            // Not the script's output.
            Event::Trace(_) | Event::Warning { .. } | Event::Waiting(_) => 0,
        };
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(length)
        });
        match taken {
            Ok(_) => Ok(event),
            Err(_) => Err(std::io::ErrorKind::QuotaExceeded.into()),
        }
    })
}

/// Removes control characters from the output of untrusted scripts.
fn harmless(event: Event) -> Event {
    let text = |value: Dynamic| match value.into_immutable_string() {
        Ok(text) => Dynamic::from(visible(&text).into_owned()),
        Err(_) => Dynamic::UNIT,
    };
    match event {
        Event::Print(value) if value.is_string() => Event::Print(text(value)),
        Event::Debug { value, line } if value.is_string() => Event::Debug {
            value: text(value),
            line,
        },
        event => event,
    }
}

fn server_source(
    settings: &Settings,
    lease: SharedLease,
    progress: impl Fn() -> Box<dyn Progress> + Send + Sync + 'static,
) -> Result<ServerSource> {
    if let Some(uri) = &settings.uri {
        let uri = ConnectionString::new(uri.text.expose());
        // Report an invalid URI even if the script never connects.
        ClientSettings::check(&uri)?;
        return Ok(ServerSource::Uri(uri));
    }
    private_server(settings, lease, progress).map(ServerSource::Private)
}

/// Starts the server or finds the running one, and returns its connection string.
type StartServer = dyn Fn() -> Result<ConnectionString> + Send + Sync;

/// Returns a function that starts a private server at its first call, unless `lease` has one.
///
/// # Errors
/// `Server` if the folders of the private server are unknown.
pub(super) fn private_server(
    settings: &Settings,
    lease: SharedLease,
    progress: impl Fn() -> Box<dyn Progress> + Send + Sync + 'static,
) -> Result<Box<StartServer>> {
    let server = settings.server.to_server_settings()?;
    Ok(Box::new(move || {
        // The lease keeps the server running.
        let mut lease = lease.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lease) = &*lease {
            return Ok(lease.uri().clone());
        }
        let joined = server::join(&server, &*progress())?;
        Ok(lease.insert(joined).uri().clone())
    }))
}

/// Returns the function that starts replica sets for scripts, independent of the session's server.
fn set_starter(
    settings: &Settings,
    progress: impl Fn(&Interrupt) -> Box<dyn Progress> + Send + Sync + 'static,
) -> Box<StartSet> {
    // Report missing folders only when a script starts a replica set.
    let server = settings.server.to_server_settings();
    Box::new(move |options, interrupt| {
        let server = server.clone()?;
        let progress = progress(interrupt);
        let mongod = server::find(&server, &*progress)?;
        ReplicaSet::start(options, &mongod, &server, &*progress)
    })
}
