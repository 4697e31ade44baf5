use bson::{Bson, Document};

use super::write_part::WritePart;
use super::write_state::WriteState;
use crate::error::server_codes::{self, kind_of_code};
use crate::error::{Error, Facts, Kind};
use crate::mongo::call_error::CallError;

/// The result of a bulk write, complete or not.
#[derive(Clone, Debug, Default)]
pub struct BulkOutcome {
    pub inserted: u64,
    pub matched: u64,
    pub modified: u64,
    pub deleted: u64,
    /// The `_id`s of upserted documents, with the position of the operation.
    pub upserted: Vec<(usize, Bson)>,
    /// The failed operations as the server reports them; `index` is the position in the caller's
    /// array.
    pub write_errors: Vec<Document>,
    pub write_concern_errors: Vec<Document>,
    /// The error labels in the server's replies.
    pub labels: Vec<String>,
    /// The state of each operation.
    pub states: Vec<WriteState>,
    /// What errors call one operation.
    pub part: WritePart,
    /// The failure that ended it early.
    pub failure: Option<CallError>,
}

impl BulkOutcome {
    pub fn new(count: usize, part: WritePart) -> Self {
        Self {
            part,
            states: vec![WriteState::default(); count],
            ..Self::default()
        }
    }

    /// Sorts everything by the order of the caller's operations.
    pub fn sort(&mut self) {
        self.upserted.sort_by_key(|(index, _)| *index);
        self.write_errors.sort_by_key(index_of);
        self.labels.sort();
        self.labels.dedup();
    }

    /// Returns the positions of the operations in this state.
    pub fn in_state(&self, state: WriteState) -> impl Iterator<Item = usize> {
        let states = self.states.iter().enumerate();
        states
            .filter(move |(_, of_this)| **of_this == state)
            .map(|(index, _)| index)
    }

    /// Returns why the bulk write was not complete, if so. Failed operations come before write
    /// concern errors.
    pub fn take_failure(&mut self) -> Option<CallError> {
        let failure = self.failure.take();
        if let Some(CallError::Stopped(stop)) = failure {
            return Some(stop.into());
        }
        if let Some(failure) = failure {
            return Some(self.with_count(failure));
        }
        if !self.write_errors.is_empty() {
            return Some(self.refused().into());
        }
        let concern = self.write_concern_errors.first()?;
        Some(concern_error(concern, &self.labels).into())
    }

    /// Adds to the error how many operations were applied.
    fn with_count(&self, failure: CallError) -> CallError {
        let CallError::Error(error) = failure else {
            return failure;
        };
        let (all, applied) = (
            self.states.len(),
            self.in_state(WriteState::Applied).count(),
        );
        let unknown = self.in_state(WriteState::Unknown).count();
        if applied + unknown == 0 {
            return error.into();
        }
        let perhaps = match unknown {
            0 => String::new(),
            unknown => format!(", and {unknown} may have been"),
        };
        let mut error = error.context(|message| {
            format!(
                "{message}; {applied} of {all} {}{perhaps}",
                self.part.applied()
            )
        });
        error.facts_mut().write_errors = self.write_errors.clone();
        match error.hint_text() {
            Some(_) => error.into(),
            None => error.hint(self.part.hint_on_applied()).into(),
        }
    }

    /// If all failures have one kind, the error has this kind, as for `insert_many`.
    fn refused(&self) -> Error {
        let code = |error: &Document| error.get_i32("code").unwrap_or_default();
        let Some(first) = self.write_errors.first() else {
            return Error::new(Kind::BulkWrite, "the bulk write failed");
        };
        let kind = kind_of_code(code(first));
        let same = self
            .write_errors
            .iter()
            .all(|error| kind_of_code(code(error)) == kind);
        let kind = if same && kind != Kind::CommandFailed {
            kind
        } else {
            Kind::BulkWrite
        };
        let (index, part) = (index_of(first), self.part.name());
        let text = first
            .get_str("errmsg")
            .unwrap_or("the server gave no reason");
        let message = match self.write_errors.len() {
            1 => format!("1 write failed, {part} {index}: {text}"),
            count => format!("{count} writes failed, the first of them {part} {index}: {text}"),
        };
        let nested = |name: &str| first.get_document(name).ok().cloned();
        let facts = Facts {
            code: Some(code(first)),
            code_name: server_codes::name_of_code(code(first)).map(String::from),
            labels: self.labels.clone(),
            key_pattern: nested("keyPattern"),
            key_value: nested("keyValue"),
            index: Some(index),
            write_errors: self.write_errors.clone(),
            details: Some(Bson::Document(first.clone())),
            ..Facts::default()
        };
        let error = Error::new(kind, message).with_facts(facts);
        match kind {
            Kind::DuplicateKey => error.hint(
                format!("`err.key_value` says which value is taken; `ordered: false` tries the {part}s after a failed one too"),
            ),
            _ => error.hint(self.part.hint_on_failed()),
        }
    }
}

fn index_of(error: &Document) -> usize {
    let index = error.get_i32("index").unwrap_or_default();
    usize::try_from(index).unwrap_or_default()
}

fn concern_error(concern: &Document, labels: &[String]) -> Error {
    let code = concern.get_i32("code").unwrap_or_default();
    let info = concern.get_document("errInfo");
    let timed_out = code == server_codes::WRITE_CONCERN_FAILED
        || info.is_ok_and(|info| info.get_bool("wtimeout").unwrap_or(false));
    let kind = match kind_of_code(code) {
        _ if timed_out => Kind::WriteConcernTimeout,
        Kind::NotPrimary => Kind::NotPrimary,
        _ => Kind::WriteConcern,
    };
    let message = concern
        .get_str("errmsg")
        .unwrap_or("the write concern failed");
    Error::new(kind, message)
        .with_facts(Facts {
            code: Some(code),
            code_name: concern.get_str("codeName").ok().map(ToOwned::to_owned),
            labels: labels.to_vec(),
            details: Some(Bson::Document(concern.clone())),
            ..Facts::default()
        })
        .hint("the writes are on the primary, but not as safely as their write concern asks")
}
