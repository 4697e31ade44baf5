//! Describes the options of a client for scripts.

use std::time::Duration;

use bson::{Bson, Document};

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
