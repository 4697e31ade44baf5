use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bson::{Bson, Document};
use mongodb::event::EventHandler;
use mongodb::event::sdam::SdamEvent;

use super::convert_error::convert;

/// The driver's view of the deployment, updated by its events (server discovery and monitoring
/// specification).
#[derive(Clone, Debug, Default)]
pub struct TopologyMonitor {
    latest: Arc<Mutex<Latest>>,
}

#[derive(Debug, Default)]
struct Latest {
    described: Document,
    wire_version: Option<i32>,
}

impl TopologyMonitor {
    /// Returns the handler for the driver.
    pub fn handler(&self) -> EventHandler<SdamEvent> {
        let latest = Arc::clone(&self.latest);
        EventHandler::callback(move |event| {
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
