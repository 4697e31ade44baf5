//! Describes the options of a client for scripts.

use std::time::Duration;

use bson::{Bson, Document};
use mongodb::options::{ReadPreference, SelectionCriteria};

use super::client_settings::ClientSettings;

impl ClientSettings {
    /// Returns the effective options with their script names, without the password.
    pub fn describe(&self) -> Document {
        let driver = &self.driver;
        let ms = |time: Option<Duration>| time.map(|time| Bson::Int64(time.as_millis() as i64));
        let entries = [
            ("app_name", driver.app_name.clone().map(Bson::from)),
            (
                "max_pool_size",
                Some(Bson::Int64(self.max_pool_size().into())),
            ),
            (
                "min_pool_size",
                Some(Bson::Int64(self.min_pool_size().into())),
            ),
            (
                "max_connecting",
                Some(Bson::Int64(driver.max_connecting.unwrap_or(2).into())),
            ),
            ("max_idle_time_ms", ms(driver.max_idle_time)),
            ("wait_queue_timeout_ms", ms(self.wait_queue_timeout)),
            (
                "server_selection_timeout_ms",
                ms(Some(self.server_selection_timeout())),
            ),
            (
                "connect_timeout_ms",
                ms(driver.connect_timeout.or(Some(Duration::from_secs(10)))),
            ),
            ("timeout_ms", ms(self.timeout)),
            (
                "heartbeat_frequency_ms",
                ms(driver.heartbeat_freq.or(Some(Duration::from_secs(10)))),
            ),
            (
                "retry_writes",
                Some(driver.retry_writes.unwrap_or(true).into()),
            ),
            (
                "retry_reads",
                Some(driver.retry_reads.unwrap_or(true).into()),
            ),
            (
                "write_concern",
                driver.write_concern.as_ref().map(describe_write_concern),
            ),
            (
                "read_concern",
                driver
                    .read_concern
                    .as_ref()
                    .and_then(|concern| bson::serialize_to_bson(&concern.level).ok()),
            ),
            (
                "read_preference",
                driver
                    .selection_criteria
                    .as_ref()
                    .and_then(describe_read_preference),
            ),
            (
                "username",
                driver
                    .credential
                    .as_ref()
                    .and_then(|user| user.username.clone())
                    .map(Bson::from),
            ),
            (
                "auth_source",
                driver
                    .credential
                    .as_ref()
                    .and_then(|user| user.source.clone())
                    .map(Bson::from),
            ),
            ("replica_set", driver.repl_set_name.clone().map(Bson::from)),
            (
                "direct_connection",
                driver.direct_connection.map(Bson::from),
            ),
        ];
        entries
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), narrow(value?))))
            .collect()
    }
}

/// Converts small Int64 values to Int32, the type of integers in scripts.
fn narrow(value: Bson) -> Bson {
    match value {
        Bson::Int64(number) => i32::try_from(number).map_or(Bson::Int64(number), Bson::Int32),
        other => other,
    }
}

/// Returns a read preference as `connect` takes it.
fn describe_read_preference(criteria: &SelectionCriteria) -> Option<Bson> {
    let SelectionCriteria::ReadPreference(preference) = criteria else {
        return None;
    };
    let (mode, options) = match preference {
        ReadPreference::Primary => ("primary", None),
        ReadPreference::PrimaryPreferred { options } => ("primaryPreferred", options.as_ref()),
        ReadPreference::Secondary { options } => ("secondary", options.as_ref()),
        ReadPreference::SecondaryPreferred { options } => ("secondaryPreferred", options.as_ref()),
        ReadPreference::Nearest { options } => ("nearest", options.as_ref()),
        _ => return None,
    };
    let mut described = Document::from_iter([("mode".to_owned(), Bson::from(mode))]);
    if let Some(tags) = options.and_then(|options| options.tag_sets.as_ref()) {
        described.insert("tags", bson::serialize_to_bson(tags).ok()?);
    }
    if let Some(staleness) = options.and_then(|options| options.max_staleness) {
        let seconds = Bson::Int64(staleness.as_secs() as i64);
        described.insert("max_staleness_seconds", narrow(seconds));
    }
    Some(described.into())
}

fn describe_write_concern(concern: &mongodb::options::WriteConcern) -> Bson {
    let mut described = Document::new();
    match &concern.w {
        Some(mongodb::options::Acknowledgment::Nodes(nodes)) => {
            described.insert("w", narrow(Bson::Int64((*nodes).into())));
        }
        Some(mongodb::options::Acknowledgment::Majority) => {
            described.insert("w", "majority");
        }
        Some(mongodb::options::Acknowledgment::Custom(tag)) => {
            described.insert("w", tag);
        }
        _ => {}
    }
    if let Some(timeout) = concern.w_timeout {
        described.insert("wtimeout", narrow(Bson::Int64(timeout.as_millis() as i64)));
    }
    if let Some(journal) = concern.journal {
        described.insert("j", journal);
    }
    described.into()
}
