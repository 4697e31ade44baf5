use bson::{Bson, Document};

use super::batch::WriteBatch;
use super::outcome::BulkOutcome;
use super::write_state::WriteState;

/// The label of a reply to a write that may not survive and can be repeated once.
pub(super) const RETRYABLE: &str = "RetryableWriteError";

/// Returns whether a reply with `ok: 1` asks for a retry.
pub(super) fn asks_for_repetition(reply: &Document) -> bool {
    labels(reply).any(|label| label == RETRYABLE)
}

fn labels(reply: &Document) -> impl Iterator<Item = &str> {
    let labels = reply.get_array("errorLabels").into_iter().flatten();
    labels.filter_map(Bson::as_str)
}

/// Adds the reply to one command to the outcome.
pub(super) fn add(
    outcome: &mut BulkOutcome,
    batch: &WriteBatch,
    ordered: bool,
    mut reply: Document,
) {
    for index in &batch.indexes {
        outcome.states[*index] = WriteState::Applied;
    }
    outcome.labels.extend(labels(&reply).map(ToOwned::to_owned));
    let place = |part: &Document| {
        let place = usize::try_from(number(part, "index")).unwrap_or(usize::MAX);
        batch.indexes.get(place).map(|index| (place, *index))
    };
    let upserted = documents(&mut reply, "upserted");
    let upserts = u64::try_from(upserted.len()).unwrap_or(u64::MAX);
    for mut part in upserted {
        if let (Some((_, index)), Some(id)) = (place(&part), part.remove("_id")) {
            outcome.upserted.push((index, id));
        }
    }
    let count = number(&reply, "n");
    match batch.name() {
        "insert" => outcome.inserted += count,
        "delete" => outcome.deleted += count,
        _ => {
            outcome.matched += count.saturating_sub(upserts);
            outcome.modified += number(&reply, "nModified");
        }
    }
    for mut part in documents(&mut reply, "writeErrors") {
        let Some((place, index)) = place(&part) else {
            continue;
        };
        outcome.states[index] = WriteState::Failed;
        if ordered {
            for later in &batch.indexes[place + 1..] {
                outcome.states[*later] = WriteState::NotApplied;
            }
        }
        part.insert("index", i32::try_from(index).unwrap_or(i32::MAX));
        outcome.write_errors.push(part);
    }
    if let Ok(concern) = reply.get_document("writeConcernError") {
        outcome.write_concern_errors.push(concern.clone());
    }
}

fn number(reply: &Document, name: &str) -> u64 {
    match reply.get(name) {
        Some(Bson::Int32(number)) => u64::try_from(*number).unwrap_or(0),
        Some(Bson::Int64(number)) => u64::try_from(*number).unwrap_or(0),
        Some(Bson::Double(number)) => *number as u64,
        _ => 0,
    }
}

fn documents(reply: &mut Document, name: &str) -> Vec<Document> {
    match reply.remove(name) {
        Some(Bson::Array(parts)) => parts
            .into_iter()
            .filter_map(|part| match part {
                Bson::Document(part) => Some(part),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
