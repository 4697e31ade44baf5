//! What a client has seen of its servers: their types, failed attempts to connect, and the last
//! errors.

use std::collections::HashMap;
use std::io;
use std::time::Instant;

use mongodb::ServerType;
use mongodb::error::{Error as DriverError, ErrorKind};
use mongodb::event::sdam::SdamEvent;
use mongodb::options::ServerAddress;

use super::convert_error::{convert, is_unknown_host};
use crate::error::{Error, Kind};

/// The servers of one client, as its events describe them.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    servers: HashMap<ServerAddress, Sighting>,
}

#[derive(Debug)]
struct Sighting {
    server: ServerType,
    /// Since when the server has this type.
    since: Instant,
    /// The failed attempts since the server answered last.
    attempts: u64,
    failure: Option<Failure>,
}

#[derive(Debug)]
struct Failure {
    error: Error,
    at: Instant,
    /// Whether another attempt will probably fail for the same reason.
    is_final: bool,
}

impl Sightings {
    /// Records an event of the driver.
    pub(super) fn note(&mut self, event: &SdamEvent) {
        match event {
            // Sent before the first attempt to connect: a server that has not answered yet counts.
            SdamEvent::TopologyDescriptionChanged(change) => {
                for address in change.new_description.servers().into_keys() {
                    self.of(address);
                }
            }
            SdamEvent::ServerDescriptionChanged(change) => {
                let seen = self.of(&change.address);
                let now = &change.new_description;
                if seen.server != now.server_type() {
                    seen.server = now.server_type();
                    seen.since = Instant::now();
                }
                match now.error() {
                    Some(error) => seen.failure = Some(Failure::of(error)),
                    None if seen.server != ServerType::Unknown => {
                        seen.attempts = 0;
                        seen.failure = None;
                    }
                    None => {}
                }
            }
            SdamEvent::ServerHeartbeatFailed(failed) => {
                let seen = self.of(&failed.server_address);
                seen.attempts += 1;
                seen.failure = Some(Failure::of(&failed.failure));
            }
            SdamEvent::ServerClosed(closed) => {
                self.servers.remove(&closed.address);
            }
            _ => {}
        }
    }

    fn of(&mut self, address: &ServerAddress) -> &mut Sighting {
        let new = || Sighting {
            server: ServerType::Unknown,
            since: Instant::now(),
            attempts: 0,
            failure: None,
        };
        self.servers.entry(address.clone()).or_insert_with(new)
    }

    /// Returns whether a server is available.
    pub(super) fn any_available(&self) -> bool {
        let mut servers = self.servers.values();
        servers.any(|seen| seen.server != ServerType::Unknown)
    }

    /// Returns whether every server is available.
    pub(super) fn all_available(&self) -> bool {
        let mut servers = self.servers.values();
        !self.servers.is_empty() && servers.all(|seen| seen.server != ServerType::Unknown)
    }

    /// Returns whether the type of a server has changed since `moment`.
    pub(super) fn has_changed(&self, address: &ServerAddress, moment: Instant) -> bool {
        let seen = self.servers.get(address);
        seen.is_none_or(|seen| seen.since > moment)
    }

    /// Returns the error if all servers refuse the client in a way that another attempt will
    /// probably not change. With `began`, the attempts must have failed after that moment: the
    /// server may have been started meanwhile. A refused login needs no new attempt.
    pub(super) fn refusal(&self, began: Option<Instant>) -> Option<Error> {
        let mut failures = Vec::new();
        for (address, seen) in &self.servers {
            let failure = seen.failure.as_ref().filter(|failure| failure.is_final)?;
            if failure.is_refused_login() {
                return Some(failure.error.clone());
            }
            if began.is_some_and(|began| failure.at < began) {
                return None;
            }
            failures.push(format!("`{address}`: {}", failure.error.message()));
        }
        if failures.is_empty() {
            return None;
        }
        failures.sort();
        let message = format!("no server can be reached: {}", failures.join("; "));
        Some(Error::new(Kind::ServerSelectionTimeout, message).hint(
            "check that the server runs and that the address is right; to wait for a server that is being started, set `server_selection_timeout_ms`",
        ))
    }

    /// Describes each server: its role, or how often it was tried and why that failed.
    pub(super) fn summary(&self) -> String {
        let mut all: Vec<String> = self
            .servers
            .iter()
            .map(|(address, seen)| format!("`{address}` {}", seen.summary()))
            .collect();
        all.sort();
        all.join("; ")
    }
}

impl Sighting {
    fn summary(&self) -> String {
        let times = match self.attempts {
            0 => String::new(),
            1 => "tried once, ".to_owned(),
            many => format!("tried {many} times, "),
        };
        match (&self.failure, self.server) {
            (Some(failure), _) => format!("{times}last: {}", failure.error.message()),
            (None, ServerType::Unknown) => "has not answered yet".to_owned(),
            (None, ServerType::RsPrimary) => "is the primary".to_owned(),
            (None, ServerType::RsSecondary) => "is a secondary".to_owned(),
            (None, _) => "is available".to_owned(),
        }
    }
}

impl Failure {
    fn of(error: &DriverError) -> Self {
        Self {
            error: convert(error),
            at: Instant::now(),
            is_final: is_final(error),
        }
    }

    fn is_refused_login(&self) -> bool {
        self.error.kind() == Kind::Authentication
    }
}

/// Returns whether another attempt will probably fail for the same reason.
fn is_final(error: &DriverError) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Authentication { .. } | ErrorKind::DnsResolve { .. } => true,
        ErrorKind::Io(cause) => match cause.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable => true,
            _ => is_unknown_host(cause),
        },
        _ => false,
    }
}
