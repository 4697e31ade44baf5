use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bson::{Bson, Document};
use mongodb::ServerType;
use mongodb::event::EventHandler;
use mongodb::event::sdam::SdamEvent;
use mongodb::options::ServerAddress;

use super::convert_error::convert;
use super::sightings::Sightings;
use super::trace::op_time::op_time;
use crate::error::{Error, Kind};
use crate::record::Recorder;

/// The next number of a description. 0 is the number of no description.
static REVISIONS: AtomicU64 = AtomicU64::new(1);

/// The driver's view of the deployment, updated by its events (server discovery and monitoring
/// specification).
#[derive(Clone, Debug)]
pub struct TopologyMonitor {
    latest: Arc<Mutex<Latest>>,
    recorded: Option<(Recorder, u32)>,
}

#[derive(Debug, Default)]
struct Latest {
    described: Document,
    revision: u64,
    wire_version: Option<i32>,
    sightings: Sightings,
    when_all_available: Option<Action>,
}

/// Something to do once.
struct Action(Box<dyn FnOnce() + Send>);

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Action")
    }
}

impl TopologyMonitor {
    /// Creates the monitor of a new client. With a recorder, the states of the members are recorded
    /// for the client with the given number.
    pub fn new(recorded: Option<(Recorder, u32)>) -> Self {
        Self {
            latest: Arc::default(),
            recorded,
        }
    }

    /// Returns the handler for the driver.
    pub fn handler(&self) -> EventHandler<SdamEvent> {
        let Self { latest, recorded } = self.clone();
        EventHandler::callback(move |event| {
            if let Some((recorder, client)) = &recorded {
                record(recorder, *client, &event);
            }
            let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
            latest.sightings.note(&event);
            if let SdamEvent::TopologyDescriptionChanged(change) = event {
                let topology = &change.new_description;
                let servers = topology.servers().into_values();
                latest.described = describe(topology);
                latest.revision = REVISIONS.fetch_add(1, Ordering::Relaxed);
                latest.wire_version = servers.filter_map(|server| server.max_wire_version()).min();
            }
            let action = latest.when_all_available();
            drop(latest);
            if let Some(Action(act)) = action {
                act();
            }
        })
    }

    /// Returns the deployment's type and its servers.
    pub fn describe(&self) -> Document {
        self.lock().described.clone()
    }

    /// Returns the number of the description. It changes with the description, and no description
    /// of another client has the same.
    pub fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// Returns the wire version that all known servers have; `None` if no server is known.
    pub fn wire_version(&self) -> Option<i32> {
        self.lock().wire_version
    }

    /// Returns whether a server is available.
    pub(super) fn any_available(&self) -> bool {
        self.lock().sightings.any_available()
    }

    /// Returns whether every server is available.
    pub(super) fn all_available(&self) -> bool {
        self.lock().sightings.all_available()
    }

    /// Calls `act` once when every server is available. That may be now.
    pub(super) fn once_all_available(&self, act: impl FnOnce() + Send + 'static) {
        let mut latest = self.lock();
        latest.when_all_available = Some(Action(Box::new(act)));
        let action = latest.when_all_available();
        drop(latest);
        if let Some(Action(act)) = action {
            act();
        }
    }

    /// Returns whether the type of a server has changed since `moment`.
    pub(super) fn has_changed(&self, address: &ServerAddress, moment: Instant) -> bool {
        self.lock().sightings.has_changed(address, moment)
    }

    /// Returns the error if all servers refuse the client, see [`Sightings::refusal`].
    pub(super) fn refusal(&self, began: Option<Instant>) -> Option<Error> {
        self.lock().sightings.refusal(began)
    }

    /// Returns whether a server refuses the client's login.
    pub(super) fn is_login_refused(&self) -> bool {
        self.refusal(None)
            .is_some_and(|error| error.kind() == Kind::Authentication)
    }

    /// Describes each server: its role, or how often it was tried and why that failed.
    pub(super) fn summary(&self) -> String {
        self.lock().sightings.summary()
    }

    fn lock(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Latest {
    /// Returns the waiting action, if every server is available.
    fn when_all_available(&mut self) -> Option<Action> {
        self.sightings
            .all_available()
            .then(|| self.when_all_available.take())?
    }
}

/// Records the states of members, and which writes a majority has replicated.
fn record(recorder: &Recorder, client: u32, event: &SdamEvent) {
    match event {
        SdamEvent::ServerDescriptionChanged(change) => {
            let before = state_of(change.previous_description.server_type());
            let now = state_of(change.new_description.server_type());
            if before != now {
                recorder.member(client, &change.address.to_string(), now);
            }
        }
        SdamEvent::ServerHeartbeatSucceeded(beat) => {
            let last = beat.reply.get_document("lastWrite").ok();
            let reached = last.and_then(|last| last.get_document("majorityOpTime").ok());
            if let Some(reached) = op_time(reached) {
                recorder.replicated(client, reached);
            }
        }
        _ => {}
    }
}

fn state_of(server: ServerType) -> &'static str {
    match server {
        ServerType::RsPrimary => "primary",
        ServerType::RsSecondary => "secondary",
        ServerType::Standalone => "standalone",
        ServerType::Unknown => "down",
        _ => "other",
    }
}

fn describe(topology: &mongodb::event::sdam::TopologyDescription) -> Document {
    let mut servers: Vec<Document> = topology
        .servers()
        .into_iter()
        .map(|(address, server)| {
            let mut described = Document::new();
            described.insert("address", address.to_string());
            described.insert("type", format!("{:?}", server.server_type()));
            if let Some(set) = server.replica_set_name() {
                described.insert("set", set);
            }
            if let Some(time) = server.average_round_trip_time() {
                described.insert("round_trip_ms", time.as_secs_f64() * 1000.0);
            }
            if let Some(error) = server.error() {
                let error = convert(error);
                described.insert("error", error.message());
                described.insert("error_kind", error.kind().name());
            }
            described
        })
        .collect();
    servers.sort_by_key(|server| server.get_str("address").unwrap_or_default().to_owned());
    let mut described = Document::new();
    described.insert("type", format!("{:?}", topology.topology_type()));
    described.insert(
        "servers",
        servers.into_iter().map(Bson::Document).collect::<Vec<_>>(),
    );
    described
}
