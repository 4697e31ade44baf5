//! Operations and verdicts as Documents.

use std::time::Duration;

use rhai::{Array, Dynamic, FLOAT, INT};

use super::History;
use crate::history::{Action, Finding, Operation, ValueId, Verdict};
use crate::values::codec::convert;
use crate::values::document::Document;

impl History {
    /// Returns an operation as a Document.
    pub(super) fn event(&self, operation: &Operation) -> Dynamic {
        let mut fields: Vec<(&str, Dynamic)> = vec![("task", number(operation.task))];
        let value = |id: ValueId| self.values.value(id);
        match &operation.action {
            Action::Write {
                key,
                value: written,
            } => fields.extend([
                ("operation", "write".into()),
                ("key", value(*key)),
                ("value", value(*written)),
            ]),
            Action::Read { key, value: read } => {
                fields.extend([("operation", "read".into()), ("key", value(*key))]);
                fields.extend(read.map(|read| ("value", value(read))));
            }
            Action::Add { set, element } => fields.extend([
                ("operation", "add".into()),
                ("set", value(*set)),
                ("element", value(*element)),
            ]),
            Action::ReadSet { set, elements } => {
                fields.extend([("operation", "read_set".into()), ("set", value(*set))]);
                let elements = elements.as_ref().map(|elements| {
                    let elements = elements.iter().map(|element| value(*element));
                    ("elements", elements.collect::<Array>().into())
                });
                fields.extend(elements);
            }
        }
        fields.push(("begin_ms", ms(operation.begin_at)));
        fields.extend(operation.end_at.map(|end| ("end_ms", ms(end))));
        fields.push(("outcome", operation.outcome.name().into()));
        let error = operation.error.clone();
        fields.extend(error.map(|error| ("error", error.into())));
        Dynamic::from(document(fields))
    }

    /// Returns a verdict as a Document.
    pub(super) fn describe(
        &self,
        kind: &str,
        operations: &[Operation],
        verdict: &Verdict,
        took: Duration,
    ) -> Dynamic {
        let findings = |list: &[Finding]| -> Dynamic {
            let values = list.iter().map(|finding| self.finding(*finding));
            values.collect::<Array>().into()
        };
        let counterexample = verdict
            .counterexample
            .iter()
            .flat_map(|one| &one.operations);
        let counterexample = counterexample
            .filter_map(|place| operations.get(*place))
            .map(|operation| self.event(operation));
        let mut fields = vec![
            ("valid", verdict.valid.map_or(Dynamic::UNIT, Dynamic::from)),
            ("decided", verdict.valid.is_some().into()),
        ];
        let reason = verdict.reason.clone();
        fields.extend(reason.map(|reason| ("reason", reason.into())));
        fields.extend([
            ("lost", findings(&verdict.lost)),
            ("recovered", findings(&verdict.recovered)),
            ("unexpected", findings(&verdict.unexpected)),
            ("duplicated", findings(&verdict.duplicated)),
            ("stale", findings(&verdict.stale)),
            ("out_of_order", findings(&verdict.out_of_order)),
            ("counterexample", counterexample.collect::<Array>().into()),
            ("operations", number(verdict.operations)),
            ("ms", ms(took)),
            ("report", self.report(kind, operations, verdict).into()),
        ]);
        Dynamic::from(document(fields))
    }

    pub(super) fn finding(&self, finding: Finding) -> Dynamic {
        match finding {
            Finding::Element(value) | Finding::Key(value) => self.values.value(value),
            Finding::Value { key, value } => Dynamic::from(convert::of_pairs([
                ("key", self.values.value(key)),
                ("value", self.values.value(value)),
            ])),
        }
    }
}

fn document(fields: Vec<(&str, Dynamic)>) -> Document {
    let mut document = Document::default();
    for (name, value) in fields {
        // A new field of an own document can always be set.
        let _ = document.set(name, value);
    }
    document
}

fn number(value: usize) -> Dynamic {
    INT::try_from(value).unwrap_or(INT::MAX).into()
}

/// Returns milliseconds with three digits after the point.
fn ms(time: Duration) -> Dynamic {
    (time.as_micros() as FLOAT / 1000.0).into()
}
