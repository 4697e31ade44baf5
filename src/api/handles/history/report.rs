//! A verdict as text for people.

use std::fmt::Write;
use std::time::Duration;

use super::History;
use crate::history::{
    Action, Anomaly, Counterexample, Finding, Operation, Outcome, ValueId, Verdict,
};
use crate::values::show;

/// How many values of one list to show.
const MOST_VALUES: usize = 10;
/// How many characters of one value to show.
const MOST_CHARACTERS: usize = 60;

impl History {
    /// Returns the verdict, the values that break the rules, and the counterexample.
    pub(super) fn report(&self, kind: &str, operations: &[Operation], verdict: &Verdict) -> String {
        let count = verdict.operations;
        let unit = if count == 1 {
            "operation"
        } else {
            "operations"
        };
        let word = match verdict.valid {
            Some(true) => "valid",
            Some(false) => "NOT valid",
            None => "undecided",
        };
        let mut text = format!("{kind}: {word} ({count} {unit})");
        if let Some(reason) = &verdict.reason {
            let _ = write!(text, "\n{reason}");
        }
        for (name, list) in [
            ("lost", &verdict.lost),
            ("unexpected", &verdict.unexpected),
            ("duplicated", &verdict.duplicated),
            ("stale", &verdict.stale),
            ("out of order", &verdict.out_of_order),
            ("recovered", &verdict.recovered),
        ] {
            if !list.is_empty() {
                let _ = write!(text, "\n{name}: {}", self.listed(list));
            }
        }
        if let Some(counterexample) = &verdict.counterexample {
            self.counterexample(&mut text, operations, counterexample);
        }
        text
    }

    fn listed(&self, list: &[Finding]) -> String {
        let shown = list.iter().take(MOST_VALUES);
        let shown: Vec<String> = shown.map(|finding| self.named(*finding)).collect();
        let more = match list.len().saturating_sub(MOST_VALUES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more}", shown.join(", "))
    }

    fn named(&self, finding: Finding) -> String {
        match finding {
            Finding::Element(element) => self.short(element),
            Finding::Value { key, value } => {
                format!("{} of key {}", self.short(value), self.short(key))
            }
            Finding::Key(key) => format!("key {}", self.short(key)),
        }
    }

    fn counterexample(&self, text: &mut String, operations: &[Operation], one: &Counterexample) {
        let subject = self.named(one.subject);
        let _ = write!(
            text,
            "
why: {subject} {}",
            explanation(one)
        );
        let shown: Vec<&Operation> = one
            .operations
            .iter()
            .filter_map(|place| operations.get(*place))
            .collect();
        let spans: Vec<String> = shown.iter().map(|operation| span(operation)).collect();
        let lines: Vec<String> = shown
            .iter()
            .map(|operation| self.line(operation, one.subject))
            .collect();
        let (spans_width, lines_width) = (widest(&spans), widest(&lines));
        for ((operation, span), line) in shown.iter().zip(&spans).zip(&lines) {
            let (task, outcome) = (operation.task, outcome(operation));
            let _ = write!(
                text,
                "\n  {span:>spans_width$} ms  task {task}  {line:<lines_width$}  {outcome}"
            );
        }
    }

    fn line(&self, operation: &Operation, subject: Finding) -> String {
        let short = |id: &ValueId| self.short(*id);
        match &operation.action {
            Action::Write { key, value } => format!("write {} = {}", short(key), short(value)),
            Action::Read { key, value: None } => format!("read  {}", short(key)),
            Action::Read {
                key,
                value: Some(value),
            } => format!("read  {} → {}", short(key), short(value)),
            Action::Add { set, element } => format!("add   {} to {}", short(element), short(set)),
            Action::ReadSet { set, elements } => {
                let elements = elements.as_deref().unwrap_or_default();
                let is_there = elements.iter().any(|one| Finding::Element(*one) == subject);
                let with = if is_there { "with" } else { "without" };
                let (set, subject) = (self.short(*set), self.named(subject));
                format!(
                    "read  {set} → {} elements, {with} {subject}",
                    elements.len()
                )
            }
        }
    }

    /// Returns an operation in a few words: `add 3`, `read "apples" → 5`.
    pub fn label(&self, operation: &Operation) -> String {
        let short = |id: &ValueId| self.short(*id);
        let words = match &operation.action {
            Action::Write { key, value } => format!("write {} = {}", short(key), short(value)),
            Action::Read { key, value: None } => format!("read {}", short(key)),
            Action::Read {
                key,
                value: Some(value),
            } => format!("read {} → {}", short(key), short(value)),
            Action::Add { element, .. } => format!("add {}", short(element)),
            Action::ReadSet { elements, .. } => match elements {
                Some(elements) => format!("read {} elements", elements.len()),
                None => "read all elements".to_owned(),
            },
        };
        match &operation.error {
            Some(error) => format!("{words}, {error}"),
            None => words,
        }
    }

    fn short(&self, id: ValueId) -> String {
        let source = show::source(&self.values.value(id));
        match source.char_indices().nth(MOST_CHARACTERS) {
            Some((cut, _)) => format!("{}…", &source[..cut]),
            None => source,
        }
    }
}

fn widest(texts: &[String]) -> usize {
    let widths = texts.iter().map(|text| text.chars().count());
    widths.max().unwrap_or_default()
}

/// Returns when an operation ran, in milliseconds: `12.1–14.0`.
fn span(operation: &Operation) -> String {
    let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1000.0);
    let end = operation.end_at.map_or("…".to_owned(), ms);
    format!("{}–{end}", ms(operation.begin_at))
}

fn outcome(operation: &Operation) -> String {
    let name = operation.outcome.name();
    match (&operation.error, operation.outcome, operation.end_at) {
        (Some(error), ..) => format!("{name} ({error})"),
        (None, Outcome::Unknown, None) => "not ended".to_owned(),
        _ => name.to_owned(),
    }
}

fn explanation(one: &Counterexample) -> &'static str {
    match (one.anomaly, one.subject) {
        (Anomaly::Lost, _) => "was acknowledged or seen, and it is missing afterwards",
        (Anomaly::Unexpected, _) => "is there, and no operation can have written it",
        (Anomaly::Duplicated, _) => "is there more than once",
        (Anomaly::Stale, Finding::Element(_)) => {
            "was acknowledged or seen, and a later read did not return it"
        }
        (Anomaly::Stale, _) => "was read after a newer value was acknowledged",
        (Anomaly::OutOfOrder, _) => "was reported after a change that began later",
        (Anomaly::NotLinearizable, _) => {
            "cannot be explained: no order of these operations fits what the reads returned"
        }
    }
}
