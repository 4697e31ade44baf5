use bson::Document;

use crate::record::OpTime;

/// Reads `{ ts: Timestamp, t: term }`.
pub(in crate::mongo) fn op_time(told: Option<&Document>) -> Option<OpTime> {
    let told = told?;
    let timestamp = told.get_timestamp("ts").ok()?;
    Some(OpTime {
        term: told.get_i64("t").ok()?,
        timestamp: (timestamp.time, timestamp.increment),
    })
}
