use std::time::Duration;

use bson::{Bson, Document};
use mongodb::event::cmap::{CmapEvent, ConnectionCheckoutFailedReason, ConnectionClosedReason};
use mongodb::options::ServerAddress;

use super::checkout_watch::GaveUp;

/// One event of a connection pool, with the names of the connection monitoring and pooling
/// specification.
#[derive(Clone, Debug)]
pub struct PoolEvent {
    /// Counted from 0.
    pub number: u64,
    /// For example `ConnectionCreated`.
    pub kind: &'static str,
    /// The time since the client was opened.
    pub at: Duration,
    address: ServerAddress,
    connection_id: Option<u32>,
    duration: Option<Duration>,
    reason: Option<&'static str>,
}

/// All kinds of events.
pub const POOL_EVENT_KINDS: &[&str] = &[
    "PoolCreated",
    "PoolReady",
    "PoolCleared",
    "PoolClosed",
    "ConnectionCreated",
    "ConnectionReady",
    "ConnectionClosed",
    "ConnectionCheckOutStarted",
    "ConnectionCheckOutFailed",
    "ConnectionCheckedOut",
    "ConnectionCheckedIn",
];

impl PoolEvent {
    /// Converts a driver event; `None` if this program does not know it.
    pub(in crate::mongo) fn of(event: &CmapEvent, at: Duration, number: u64) -> Option<Self> {
        let plain = |kind, address: &ServerAddress| Self {
            number,
            kind,
            at,
            address: address.clone(),
            connection_id: None,
            duration: None,
            reason: None,
        };
        let connected = |kind, address: &ServerAddress, id: u32| Self {
            connection_id: Some(id),
            ..plain(kind, address)
        };
        Some(match event {
            CmapEvent::PoolCreated(event) => plain("PoolCreated", &event.address),
            CmapEvent::PoolReady(event) => plain("PoolReady", &event.address),
            CmapEvent::PoolCleared(event) => plain("PoolCleared", &event.address),
            CmapEvent::PoolClosed(event) => plain("PoolClosed", &event.address),
            CmapEvent::ConnectionCreated(event) => {
                connected("ConnectionCreated", &event.address, event.connection_id)
            }
            CmapEvent::ConnectionReady(event) => Self {
                duration: Some(event.duration),
                ..connected("ConnectionReady", &event.address, event.connection_id)
            },
            CmapEvent::ConnectionClosed(event) => Self {
                reason: Some(closed_reason(&event.reason)),
                ..connected("ConnectionClosed", &event.address, event.connection_id)
            },
            CmapEvent::ConnectionCheckoutStarted(event) => {
                plain("ConnectionCheckOutStarted", &event.address)
            }
            CmapEvent::ConnectionCheckoutFailed(event) => Self {
                duration: Some(event.duration),
                reason: Some(failed_reason(&event.reason)),
                ..plain("ConnectionCheckOutFailed", &event.address)
            },
            CmapEvent::ConnectionCheckedOut(event) => Self {
                duration: Some(event.duration),
                ..connected("ConnectionCheckedOut", &event.address, event.connection_id)
            },
            CmapEvent::ConnectionCheckedIn(event) => {
                connected("ConnectionCheckedIn", &event.address, event.connection_id)
            }
            _ => return None,
        })
    }

    /// The event of an operation that gave up waiting for a connection.
    pub(in crate::mongo) fn gave_up(
        at: Duration,
        number: u64,
        address: ServerAddress,
        waited: Duration,
        why: GaveUp,
    ) -> Self {
        Self {
            number,
            kind: "ConnectionCheckOutFailed",
            at,
            address,
            connection_id: None,
            duration: Some(waited),
            reason: Some(match why {
                GaveUp::TimedOut => "timeout",
                GaveUp::Interrupted => "interrupted",
            }),
        }
    }

    /// Returns the event for scripts: `type`, `at_ms`, `address`, `connection_id`, `duration_ms`,
    /// `reason`.
    pub fn describe(&self) -> Document {
        let ms = |time: Duration| Bson::Double(time.as_secs_f64() * 1000.0);
        let mut described = Document::new();
        described.insert("type", self.kind);
        described.insert("at_ms", ms(self.at));
        described.insert("address", self.address.to_string());
        if let Some(id) = self.connection_id {
            described.insert("connection_id", i32::try_from(id).unwrap_or(i32::MAX));
        }
        if let Some(duration) = self.duration {
            described.insert("duration_ms", ms(duration));
        }
        if let Some(reason) = self.reason {
            described.insert("reason", reason);
        }
        described
    }
}

fn closed_reason(reason: &ConnectionClosedReason) -> &'static str {
    match reason {
        ConnectionClosedReason::Stale => "stale",
        ConnectionClosedReason::Idle => "idle",
        ConnectionClosedReason::Error => "error",
        ConnectionClosedReason::Dropped => "dropped",
        ConnectionClosedReason::PoolClosed => "poolClosed",
        _ => "other",
    }
}

fn failed_reason(reason: &ConnectionCheckoutFailedReason) -> &'static str {
    match reason {
        ConnectionCheckoutFailedReason::Timeout => "timeout",
        ConnectionCheckoutFailedReason::ConnectionError => "connectionError",
        _ => "other",
    }
}
