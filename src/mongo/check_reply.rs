use bson::Document;

use crate::error::server_codes::kind_of_code;
use crate::error::{Error, Facts, Kind, Result};

/// The fields of a reply that only drivers need.
pub const DRIVER_FIELDS: [&str; 2] = ["$clusterTime", "operationTime"];

/// Checks a reply with `ok: 1` for `writeErrors` and `writeConcernError`.
///
/// # Errors
/// The first of them, as if the driver had made the call.
pub fn check_reply(reply: &Document) -> Result<()> {
    let failed = reply
        .get_array("writeErrors")
        .ok()
        .and_then(|errors| errors.first())
        .and_then(|first| first.as_document());
    if let Some(failed) = failed {
        return Err(error_of(failed, reply, kind_of_code(code_of(failed))));
    }
    if let Ok(concern) = reply.get_document("writeConcernError") {
        let timed_out = concern
            .get_document("errInfo")
            .and_then(|info| info.get_bool("wtimeout"))
            .unwrap_or(false);
        let kind = if timed_out {
            Kind::WriteConcernTimeout
        } else {
            Kind::WriteConcern
        };
        return Err(error_of(concern, reply, kind));
    }
    Ok(())
}

fn code_of(document: &Document) -> i32 {
    document.get_i32("code").unwrap_or_default()
}

fn error_of(part: &Document, reply: &Document, kind: Kind) -> Error {
    let text = |name: &str| part.get_str(name).map(ToOwned::to_owned).ok();
    let nested = |name: &str| part.get_document(name).ok().cloned();
    Error::new(
        kind,
        text("errmsg").unwrap_or_else(|| "the write failed".to_owned()),
    )
    .with_facts(Facts {
        code: Some(code_of(part)),
        code_name: text("codeName"),
        key_pattern: nested("keyPattern"),
        key_value: nested("keyValue"),
        details: Some(reply.clone().into()),
        ..Facts::default()
    })
}
