//! Traces as the file exporter of OpenTelemetry writes them: lines of JSON with hexadecimal ids.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use crate::record::{Call, Command, Event, Nanos, Outcome, Place, Recording, Settled, Span};

/// The number of spans on one line.
const SPANS_OF_LINE: usize = 1000;

/// The kinds of spans and the status of a failed one, as the protocol numbers them.
const INTERNAL: u8 = 1;
const CLIENT: u8 = 3;
const FAILED: u8 = 2;

/// Returns the recording as spans: the run, its calls, and their commands. Faults, marks and printed
/// lines are events of the run's span.
pub fn opentelemetry_json(recording: &Recording) -> String {
    let trace = Trace {
        recording,
        calls: recording.calls(),
        id: trace_id(recording),
    };
    let mut spans = vec![trace.run()];
    for event in &recording.events {
        match event {
            Event::Call(call) => spans.push(trace.call(call)),
            Event::Command(command) => spans.push(trace.command(command)),
            Event::Span(span) => spans.push(trace.span(span, spans.len())),
            _ => {}
        }
    }
    let mut text = String::new();
    for spans in spans.chunks(SPANS_OF_LINE) {
        let line = json!({ "resourceSpans": [{
            "resource": { "attributes": [text_attribute("service.name", "seaworthy")] },
            "scopeSpans": [{
                "scope": { "name": "seaworthy", "version": env!("CARGO_PKG_VERSION") },
                "spans": spans,
            }],
        }]});
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}

/// The numbers of the run's span and of named spans, which cannot be those of a call or a command.
const RUN: u64 = 1 << 32;
const FIRST_SPAN: u64 = 1 << 33;

struct Trace<'a> {
    recording: &'a Recording,
    calls: HashMap<u32, &'a Call>,
    id: String,
}

impl Trace<'_> {
    fn run(&self) -> Value {
        let mut attributes = vec![text_attribute("seaworthy.title", &self.recording.title)];
        if self.recording.dropped > 0 {
            attributes.push(number_attribute(
                "seaworthy.dropped_events",
                self.recording.dropped,
            ));
        }
        let mut events = Vec::new();
        for event in &self.recording.events {
            match event {
                Event::Fault(fault) => {
                    let mut told = vec![
                        text_attribute("seaworthy.fault.kind", fault.kind.name()),
                        text_attribute("seaworthy.fault.target", &fault.target),
                    ];
                    events.push(self.moment("fault begins", fault.begin, told.clone()));
                    if let Some(end) = fault.end {
                        let fired = fault.fired;
                        told.extend(
                            fired.map(|fired| {
                                number_attribute("seaworthy.fault.times_fired", fired)
                            }),
                        );
                        events.push(self.moment("fault ends", end, told));
                    }
                }
                Event::Mark(mark) => {
                    events.push(self.moment(&mark.text, mark.at, code(mark.place.as_ref())));
                }
                Event::Print(print) => {
                    let mut told = code(print.place.as_ref());
                    told.push(text_attribute("seaworthy.text", &print.text));
                    events.push(self.moment("print", print.at, told));
                }
                Event::Member(state) => {
                    let told = vec![
                        text_attribute("server.address", &state.member),
                        text_attribute("seaworthy.member.state", &state.state),
                        number_attribute("seaworthy.client", state.client.into()),
                    ];
                    events.push(self.moment("member", state.at, told));
                }
                _ => {}
            }
        }
        json!({
            "traceId": self.id, "spanId": span_id(RUN), "name": "run", "kind": INTERNAL,
            "startTimeUnixNano": self.time(0), "endTimeUnixNano": self.time(self.recording.duration),
            "attributes": attributes, "events": events, "status": {},
        })
    }

    fn call(&self, call: &Call) -> Value {
        let mut attributes = code(call.place.as_ref());
        attributes.push(text_attribute("code.function.name", &call.function));
        attributes.push(number_attribute("thread.id", call.task.into()));
        attributes.extend(outcome(call.outcome, call.error.as_deref(), call.settled));
        json!({
            "traceId": self.id, "spanId": span_id(call.id.into()), "parentSpanId": self.parent(call.parent),
            "name": call.function, "kind": INTERNAL,
            "startTimeUnixNano": self.time(call.begin), "endTimeUnixNano": self.time(call.end),
            "attributes": attributes, "status": status(call.error.as_deref()),
        })
    }

    fn command(&self, command: &Command) -> Value {
        let mut attributes = vec![
            text_attribute("db.system.name", "mongodb"),
            text_attribute("db.operation.name", &command.name),
        ];
        let (database, collection) = match command.namespace.split_once('.') {
            Some((database, collection)) => (database, Some(collection)),
            None => (&*command.namespace, None),
        };
        attributes.push(text_attribute("db.namespace", database));
        attributes.extend(collection.map(|name| text_attribute("db.collection.name", name)));
        let (address, port) = address_of(&command.member);
        attributes.push(text_attribute("server.address", address));
        attributes.extend(port.map(|port| number_attribute("server.port", port.into())));
        attributes.push(number_attribute("seaworthy.client", command.client.into()));
        attributes.push(number_attribute(
            "seaworthy.connection",
            command.connection.into(),
        ));
        if !command.body.is_empty() {
            attributes.push(text_attribute("seaworthy.body", &command.body));
        }
        attributes.extend(outcome(
            command.outcome,
            command.error.as_deref(),
            command.settled,
        ));
        let links: Vec<Value> = command
            .retry_of
            .map(|first| {
                json!({
                    "traceId": self.id, "spanId": span_id(first.into()),
                    "attributes": [text_attribute("seaworthy.link", "retry of")],
                })
            })
            .into_iter()
            .collect();
        let name = match collection {
            Some(_) => format!("{} {}", command.name, command.namespace),
            None => command.name.to_string(),
        };
        json!({
            "traceId": self.id, "spanId": span_id(command.id.into()),
            "parentSpanId": self.parent(command.call),
            "name": name, "kind": CLIENT,
            "startTimeUnixNano": self.time(command.begin), "endTimeUnixNano": self.time(command.end),
            "attributes": attributes, "links": links, "status": status(command.error.as_deref()),
        })
    }

    fn span(&self, span: &Span, number: usize) -> Value {
        json!({
            "traceId": self.id, "spanId": span_id(FIRST_SPAN + number as u64), "parentSpanId": span_id(RUN),
            "name": span.name, "kind": INTERNAL,
            "startTimeUnixNano": self.time(span.begin), "endTimeUnixNano": self.time(span.end),
            "attributes": code(span.place.as_ref()), "status": {},
        })
    }

    /// Returns the id of a call's span, or of the run's if the call was not recorded.
    fn parent(&self, call: Option<u32>) -> String {
        let call = call.filter(|call| self.calls.contains_key(call));
        span_id(call.map_or(RUN, u64::from))
    }

    fn moment(&self, name: &str, at: Nanos, attributes: Vec<Value>) -> Value {
        json!({ "timeUnixNano": self.time(at), "name": name, "attributes": attributes })
    }

    fn time(&self, at: Nanos) -> String {
        self.recording.began_unix_ns.saturating_add(at).to_string()
    }
}

/// Returns the id of the trace: the same for the same recording.
fn trace_id(recording: &Recording) -> String {
    let mut hasher = DefaultHasher::new();
    recording.title.hash(&mut hasher);
    recording.duration.hash(&mut hasher);
    format!("{:016x}{:016x}", hasher.finish(), recording.began_unix_ns)
}

fn span_id(number: u64) -> String {
    format!("{number:016x}")
}

fn text_attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn number_attribute(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

fn code(place: Option<&Place>) -> Vec<Value> {
    let Some(place) = place else {
        return Vec::new();
    };
    vec![
        text_attribute("code.file.path", &place.source),
        number_attribute("code.line.number", place.line.into()),
    ]
}

fn outcome(outcome: Outcome, error: Option<&str>, settled: Option<Settled>) -> Vec<Value> {
    let word = |outcome| match outcome {
        Outcome::Ok => "ok",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
    };
    let mut attributes = vec![text_attribute("seaworthy.outcome", word(outcome))];
    attributes.extend(error.map(|kind| text_attribute("error.type", kind)));
    attributes
        .extend(settled.map(|settled| text_attribute("seaworthy.settled", word(settled.outcome))));
    attributes
}

fn status(error: Option<&str>) -> Value {
    match error {
        None => json!({}),
        Some(kind) => json!({ "code": FAILED, "message": kind }),
    }
}

/// Splits `host:port`. The address of a Unix socket is a path.
fn address_of(member: &str) -> (&str, Option<u16>) {
    let split = member
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match split {
        Some((host, port)) if !member.starts_with('/') => (host, Some(port)),
        _ => (member, None),
    }
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn an_address_has_a_port_or_is_a_path() {
        assert_eq!(address_of("localhost:27017"), ("localhost", Some(27017)));
        assert_eq!(address_of("[::1]:27017"), ("[::1]", Some(27017)));
        assert_eq!(address_of("/tmp/a:1/m.sock"), ("/tmp/a:1/m.sock", None));
    }
}
