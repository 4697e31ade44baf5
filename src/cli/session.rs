//! Settings made into a session: the seam between the front end and everything that runs scripts.

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

/// The settings for a run of an exercise: a server of its own where it asks for one, or else a database of its own, to
/// which no other run locks while this one lives.
pub(super) fn for_exercise(
    settings: &Settings,
    exercise: &Exercise,
) -> (Settings, Option<DatabaseLock>) {
    let mut settings = settings.clone();
    settings.server.ephemeral |= exercise.own_server;
    if exercise.own_server {
        // The server of a prompt that is deleted at its end is not the exercise's own.
        settings.uri = settings.uri.filter(|uri| uri.origin != UriOrigin::Trial);
    }
    if settings.db.is_some() {
        return (settings, None);
    }
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned));
    // Nobody else is on a server of its own; and who has no home keeps no locks, but can name a server.
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

/// A session for these settings. Nothing is started or connected to before a script asks for it.
///
/// # Errors
/// `InvalidUri` for a connection string that cannot be meant; `Server` where the folders of the private server cannot be
/// known.
pub(super) fn open(settings: &Settings, view: View, printer: &Printer) -> Result<Session> {
    let printer = printer.clone();
    open_with(settings, view, Box::new(move |event| printer.show(&event)))
}

/// A session whose output goes where the caller says.
///
/// # Errors
/// `Server` where the folders of the private server cannot be known.
pub(super) fn open_with(settings: &Settings, view: View, output: Box<Output>) -> Result<Session> {
    let quiet = settings.server.quiet;
    open_telling(settings, switch(settings), output, move |interrupt| {
        Box::new(StartProgress::new(quiet, view, interrupt))
    })
}

/// The switch that ends a session, at its deadline if not before.
pub(super) fn switch(settings: &Settings) -> Interrupt {
    let deadline = settings
        .timeout
        .and_then(|time| Instant::now().checked_add(time));
    Interrupt::new(deadline)
}

/// A session that `interrupt` ends, whose output goes where the caller says; `progress` makes who is told while a server is
/// started.
///
/// # Errors
/// `Server` where the folders of the private server cannot be known.
pub(super) fn open_telling(
    settings: &Settings,
    interrupt: Interrupt,
    output: Box<Output>,
    progress: impl Fn(&Interrupt) -> Box<dyn Progress> + Clone + Send + Sync + 'static,
) -> Result<Session> {
    let lease = SharedLease::default();
    open_on(settings, interrupt, &lease, output, progress)
}

/// The private server of several sessions, one after another: it runs for as long as this lives.
#[derive(Clone, Default)]
pub(super) struct SharedLease(Arc<Mutex<Option<Lease>>>);

/// A session on a server that outlives it.
///
/// # Errors
/// `Server` where the folders of the private server cannot be known.
pub(super) fn open_on(
    settings: &Settings,
    interrupt: Interrupt,
    lease: &SharedLease,
    output: Box<Output>,
    progress: impl Fn(&Interrupt) -> Box<dyn Progress> + Clone + Send + Sync + 'static,
) -> Result<Session> {
    let told = (progress.clone(), interrupt.clone());
    Ok(Session::new(SessionOptions {
        args: settings.args.clone(),
        seed: settings.seed,
        output: limited(settings, output),
        server: server_source(settings, lease.clone(), move || told.0(&told.1))?,
        interrupt,
        trace: settings.trace,
        database: settings.db.clone(),
        confined: settings.confined,
        limits: limits(settings)?,
        start_set: set_starter(settings, progress),
    }))
}

/// What the scripts of the session may use up.
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

/// Counts what scripts of others print, and refuses more than they may.
fn limited(settings: &Settings, output: Box<Output>) -> Box<Output> {
    if !settings.confined {
        return output;
    }
    let left = AtomicU64::new(settings.limits.output);
    Box::new(move |event| {
        let event = harmless(event);
        let length = match &event {
            Event::Print(value) | Event::Debug { value, .. } => {
                Format::Text.render(value).len() + 1
            }
            // The person who runs the script asked for it.
            Event::Trace(_) => 0,
        };
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(length)
        });
        match taken {
            Ok(_) => output(event),
            Err(_) => Err(std::io::ErrorKind::QuotaExceeded.into()),
        }
    })
}

/// What scripts of others print reaches the terminal without control characters.
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
        // A typing mistake is wrong usage, whatever the script would do.
        ClientSettings::check(&uri)?;
        return Ok(ServerSource::Uri(uri));
    }
    private_server(settings, lease, progress).map(ServerSource::Private)
}

/// Starts a server, or finds the one that runs, and tells how to connect.
type StartServer = dyn Fn() -> Result<ConnectionString> + Send + Sync;

/// What starts a private server when it is first called, unless `lease` holds one already.
///
/// # Errors
/// `Server` where the folders of the private server cannot be known.
pub(super) fn private_server(
    settings: &Settings,
    lease: SharedLease,
    progress: impl Fn() -> Box<dyn Progress> + Send + Sync + 'static,
) -> Result<Box<StartServer>> {
    let server = settings.server.to_server_settings()?;
    Ok(Box::new(move || {
        // Held for as long as the session lives: the server is there for its users.
        let mut lease = lease.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lease) = &*lease {
            return Ok(lease.uri().clone());
        }
        let joined = server::join(&server, &*progress())?;
        Ok(lease.insert(joined).uri().clone())
    }))
}

/// How the scripts of this session get replica sets of their own, whichever server the session itself uses.
fn set_starter(
    settings: &Settings,
    progress: impl Fn(&Interrupt) -> Box<dyn Progress> + Send + Sync + 'static,
) -> Box<StartSet> {
    // Who is without a home, and without a set, needs no folders.
    let server = settings.server.to_server_settings();
    Box::new(move |members, interrupt| {
        let server = server.clone()?;
        let progress = progress(interrupt);
        let mongod = server::find(&server, &*progress)?;
        ReplicaSet::start(members, &mongod, &server, &*progress)
    })
}
