//! Parses write concern, read concern and read preference (driver specifications).

use std::time::Duration;

use bson::{Bson, Document};
use mongodb::options::{
    Acknowledgment, ReadConcern, ReadPreference, ReadPreferenceOptions, SelectionCriteria, TagSet,
    WriteConcern,
};

use super::call_options::{CallOptions, ill_typed, whole_number};
use crate::error::{Error, Kind, Result};

/// Write concern, read concern and read preference of a collection, a database or a call. Missing
/// ones come from the client.
#[derive(Clone, Debug, Default)]
pub struct Concerns {
    pub write: Option<WriteConcern>,
    pub read: Option<ReadConcern>,
    pub selection: Option<SelectionCriteria>,
}

impl Concerns {
    /// Removes the three options.
    pub fn take(options: &mut CallOptions) -> Result<Self> {
        Ok(Self {
            write: options.take_write_concern()?,
            read: options.take_read_concern()?,
            selection: options.take_read_preference()?,
        })
    }

    /// Returns these settings; missing ones come from `others`.
    pub fn or(self, others: &Self) -> Self {
        Self {
            write: self.write.or_else(|| others.write.clone()),
            read: self.read.or_else(|| others.read.clone()),
            selection: self.selection.or_else(|| others.selection.clone()),
        }
    }
}

/// Parses `#{ w: "majority", wtimeout: 500, j: true }`; `wtimeout` is in milliseconds. `journal` is
/// the name of `j` in connection strings.
pub(crate) fn write_concern(value: &Bson) -> Result<WriteConcern> {
    let call = "write_concern";
    let document = as_document(call, value)?;
    let mut options = CallOptions::new(call, document, &["w", "wtimeout", "j", "journal"])?;
    let mut concern = WriteConcern::default();
    if let Some(w) = options.take("w") {
        concern.w = Some(acknowledgment(&w)?);
    }
    concern.w_timeout = options.take_ms("wtimeout")?;
    let journal = options.take_as("journal", "`true` or `false`")?;
    concern.journal = options.take_as("j", "`true` or `false`")?.or(journal);
    Ok(concern)
}

/// Returns the error for unacknowledged writes.
pub(in crate::mongo) fn unacknowledged(kind: Kind) -> Error {
    Error::new(
        kind,
        "`w: 0` is not supported: the driver waits for the reply to every write",
    )
    .hint("use `w: 1`, and `background` if the script should not wait")
}

fn acknowledgment(value: &Bson) -> Result<Acknowledgment> {
    let ill = || {
        ill_typed(
            "write_concern",
            "w",
            "\"majority\", a number of members or a tag",
            value,
        )
    };
    match value {
        Bson::String(tag) if tag == "majority" => Ok(Acknowledgment::Majority),
        Bson::String(tag) => Ok(Acknowledgment::Custom(tag.clone())),
        number if whole_number(number) == Some(0) => Err(unacknowledged(Kind::InvalidArgument)),
        number => whole_number(number)
            .and_then(|nodes| u32::try_from(nodes).ok())
            .map(Acknowledgment::Nodes)
            .ok_or_else(ill),
    }
}

/// Parses `"majority"`, or `#{ level: "majority" }`.
pub(crate) fn read_concern(value: &Bson) -> Result<ReadConcern> {
    const LEVELS: &[&str] = &["local", "majority", "linearizable", "available", "snapshot"];
    let level = match value {
        Bson::String(level) => Some(level.as_str()),
        Bson::Document(document) => document.get_str("level").ok(),
        _ => None,
    };
    match level {
        Some(level) if LEVELS.contains(&level) => Ok(ReadConcern::custom(level)),
        _ => Err(ill_typed(
            "read_concern",
            "level",
            &LEVELS.join(", "),
            value,
        )),
    }
}

/// Parses `"secondary"`, or `#{ mode: "secondary", tags: [#{ dc: "east" }], max_staleness_seconds:
/// 120 }`.
pub(crate) fn read_preference(value: &Bson) -> Result<SelectionCriteria> {
    let call = "read_preference";
    let document = match value {
        Bson::String(mode) => Document::from_iter([("mode".to_owned(), mode.as_str().into())]),
        other => as_document(call, other)?,
    };
    let mut options = CallOptions::new(call, document, &["mode", "tags", "max_staleness_seconds"])?;
    let mode: String = options
        .take_as("mode", "a mode such as \"secondary\"")?
        .unwrap_or_default();
    let tags: Option<Vec<TagSet>> = options.take_as("tags", "an array of Documents with texts")?;
    let staleness: Option<u64> = options.take_as("max_staleness_seconds", "a number of seconds")?;
    let is_primary = mode.eq_ignore_ascii_case("primary");
    if is_primary && (tags.as_ref().is_some_and(|tags| !tags.is_empty()) || staleness.is_some()) {
        return Err(Error::invalid_argument(
            "a read preference of `primary` cannot have `tags` or `max_staleness_seconds`",
        )
        .hint("use another mode, such as `primaryPreferred`, or leave them out"));
    }
    let mut rest = ReadPreferenceOptions::default();
    rest.tag_sets = tags;
    rest.max_staleness = staleness.map(Duration::from_secs);
    let options = Some(rest);
    let preference = match mode.to_lowercase().replace('_', "").as_str() {
        "primary" => ReadPreference::Primary,
        "primarypreferred" => ReadPreference::PrimaryPreferred { options },
        "secondary" => ReadPreference::Secondary { options },
        "secondarypreferred" => ReadPreference::SecondaryPreferred { options },
        "nearest" => ReadPreference::Nearest { options },
        _ => {
            let modes = "primary, primaryPreferred, secondary, secondaryPreferred or nearest";
            return Err(ill_typed(call, "mode", modes, &Bson::String(mode)));
        }
    };
    Ok(SelectionCriteria::ReadPreference(preference))
}

fn as_document(name: &str, value: &Bson) -> Result<Document> {
    value.as_document().cloned().ok_or_else(|| {
        Error::invalid_argument(format!("`{name}` takes a Document, not {value}"))
            .hint("for example `write_concern: #{ w: \"majority\", wtimeout: 5000 }`")
    })
}
