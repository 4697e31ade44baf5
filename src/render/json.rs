//! A report as one line of JSON.

use bson::Bson;
use serde_json::{Map, Value, json};

use crate::diagnose::report::{Report, SourceExcerpt};
use crate::error::Error;
use crate::error::visible;

impl Report {
    /// Returns `{"error":{"kind":…,"message":…,"source":…,"line":…,"column":…,"hint":…}}`.
    pub fn to_json(&self) -> String {
        let line = json!({ "error": self.to_fields() }).to_string();
        visible(&crate::error::redact(&line)).into_owned()
    }

    /// Returns the fields of `error`. They may contain passwords: the caller must redact them.
    pub(super) fn to_fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        let kind = self.kind.as_deref().unwrap_or("Usage");
        fields.insert("kind".into(), kind.into());
        fields.insert("message".into(), self.message.as_str().into());
        if let Some(shown) = &self.shown {
            fields.extend(place(shown));
        }
        if let Some(error) = &self.error {
            fields.extend(facts(error));
        }
        if !self.callers.is_empty() {
            let callers = self.callers.iter().map(|caller| {
                let mut fields = place(&caller.shown);
                fields.insert("what".into(), caller.what.as_str().into());
                Value::Object(fields)
            });
            fields.insert("callers".into(), callers.collect());
        }
        if !self.notes.is_empty() {
            fields.insert("notes".into(), self.notes.clone().into());
        }
        if !self.hints.is_empty() {
            fields.insert("hint".into(), self.hints.join("\n").into());
        }
        fields
    }
}

fn place(shown: &SourceExcerpt) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("source".into(), shown.place.source.clone().into());
    fields.insert("line".into(), shown.place.line.into());
    fields.insert("column".into(), shown.place.column.into());
    fields
}

fn facts(error: &Error) -> Map<String, Value> {
    let facts = error.facts();
    let mut fields = Map::new();
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.into(), value);
        }
    };
    let extended = |value: Bson| value.into_relaxed_extjson();
    let document = |document: &bson::Document| extended(Bson::Document(document.clone()));
    add("code", facts.code.map(Value::from));
    add("code_name", facts.code_name.clone().map(Value::from));
    let labels = (!facts.labels.is_empty()).then(|| facts.labels.clone().into());
    add("labels", labels);
    add("key_pattern", facts.key_pattern.as_ref().map(document));
    add("key_value", facts.key_value.as_ref().map(document));
    add("index", facts.index.map(Value::from));
    let failed = &facts.write_errors;
    let failed = (!failed.is_empty()).then(|| failed.iter().map(document).collect());
    add("write_errors", failed);
    let inserted = &facts.inserted_ids;
    let inserted = (!inserted.is_empty()).then(|| inserted.iter().cloned().map(extended).collect());
    add("inserted_ids", inserted);
    add("details", facts.details.clone().map(extended));
    fields
}
