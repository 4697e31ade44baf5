use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bson::{Bson, Document};
use mongodb::ServerType;
use mongodb::event::EventHandler;
use mongodb::event::sdam::SdamEvent;

use super::convert_error::convert;
use super::trace::op_time::op_time;
use crate::record::Recorder;

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
    wire_version: Option<i32>,
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
            if let SdamEvent::TopologyDescriptionChanged(change) = event {
                let topology = &change.new_description;
                let servers = topology.servers().into_values();
                let now = Latest {
                    described: describe(topology),
                    wire_version: servers.filter_map(|server| server.max_wire_version()).min(),
                };
                *latest.lock().unwrap_or_else(PoisonError::into_inner) = now;
            }
        })
    }

    /// Returns the deployment's type and its servers.
    pub fn describe(&self) -> Document {
        self.lock().described.clone()
    }

    /// Returns the wire version that all known servers have; `None` if no server is known.
    pub fn wire_version(&self) -> Option<i32> {
        self.lock().wire_version
    }

    fn lock(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
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
                described.insert("error", convert(error).message());
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
