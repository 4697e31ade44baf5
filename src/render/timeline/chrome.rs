//! The trace event format of Chrome, which Perfetto and speedscope read too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::record::{
    Call, Checkout, Command, Event, Fault, MemberState, Nanos, Outcome, PoolSample, Recording,
};

/// The processes of the trace. Each client has a process of its own behind them.
const SCRIPT: u32 = 1;
const FAULTS: u32 = 2;
const MEMBERS: u32 = 3;
const FIRST_CLIENT: u32 = 10;

/// Returns the recording as trace events: names first, then slices that nest (`X`), what can overlap
/// (`b` and `e`), counters (`C`), moments (`i`) and arrows (`s` and `f`).
pub fn chrome_json(recording: &Recording) -> String {
    let mut trace = Trace::new(recording);
    trace.names();
    for event in &recording.events {
        trace.event(event);
    }
    let trace = json!({
        "displayTimeUnit": "ms",
        "otherData": {
            "title": recording.title,
            "dropped_events": recording.dropped,
            "note": recording.note_about_dropped(),
        },
        "traceEvents": trace.events,
    });
    format!("{trace}\n")
}

struct Trace<'a> {
    recording: &'a Recording,
    events: Vec<Value>,
    calls: HashMap<u32, &'a Call>,
    commands: HashMap<u32, &'a Command>,
    /// The thread of each connection, by client, member and number.
    connections: BTreeMap<(u32, &'a str, u32), u32>,
    /// The thread of each member, as each client sees it.
    members: BTreeMap<(u32, &'a str), u32>,
    /// The end of each state of a member: the begin of its next one.
    state_ends: HashMap<(u32, &'a str, Nanos), Nanos>,
    last_id: u32,
}

impl<'a> Trace<'a> {
    fn new(recording: &'a Recording) -> Self {
        let mut commands = HashMap::new();
        let (mut connections, mut members) = (BTreeSet::new(), BTreeSet::new());
        let mut state_ends = HashMap::new();
        let mut latest: HashMap<(u32, &str), Nanos> = HashMap::new();
        for event in &recording.events {
            match event {
                Event::Command(command) => {
                    commands.insert(command.id, command);
                    connections.insert((command.client, &*command.member, command.connection));
                }
                Event::Member(state) => {
                    let key = (state.client, &*state.member);
                    members.insert(key);
                    if let Some(begin) = latest.insert(key, state.at) {
                        state_ends.insert((key.0, key.1, begin), state.at);
                    }
                }
                _ => {}
            }
        }
        Self {
            recording,
            events: Vec::new(),
            calls: recording.calls(),
            commands,
            connections: connections.into_iter().zip(1..).collect(),
            members: members.into_iter().zip(1..).collect(),
            state_ends,
            last_id: 0,
        }
    }

    /// Writes the names and the order of processes and threads.
    fn names(&mut self) {
        self.process(SCRIPT, &format!("script {}", self.recording.title));
        self.process(FAULTS, "faults");
        self.process(MEMBERS, "members");
        for client in &self.recording.clients {
            self.process(FIRST_CLIENT + client.id, &client.shown());
        }
        for task in &self.recording.tasks {
            let name = match task.id {
                0 => "script".to_owned(),
                id => format!("{} {id}", task.kind),
            };
            self.thread(SCRIPT, task.id, &name);
        }
        for ((client, member, connection), thread) in self.connections.clone() {
            self.thread(
                FIRST_CLIENT + client,
                thread,
                &format!("{member} #{connection}"),
            );
        }
        for ((client, member), thread) in self.members.clone() {
            self.thread(
                MEMBERS,
                thread,
                &format!("{member} as client {client} sees it"),
            );
        }
    }

    fn process(&mut self, pid: u32, name: &str) {
        self.events.push(
            json!({ "ph": "M", "name": "process_name", "pid": pid, "args": { "name": name } }),
        );
        self.events.push(json!({ "ph": "M", "name": "process_sort_index", "pid": pid, "args": { "sort_index": pid } }));
    }

    fn thread(&mut self, pid: u32, tid: u32, name: &str) {
        self.events.push(json!({ "ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": { "name": name } }));
        self.events.push(json!({ "ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": { "sort_index": tid } }));
    }

    fn event(&mut self, event: &'a Event) {
        match event {
            Event::Call(call) => self.call(call),
            Event::Command(command) => self.command(command),
            Event::Checkout(checkout) => self.checkout(checkout),
            Event::Pool(sample) => self.pool(sample),
            Event::Member(state) => self.member(state),
            Event::Fault(fault) => self.fault(fault),
            Event::Span(span) => {
                let place = span.place.as_ref();
                let args = json!({ "source": place.map(|place| &place.source), "line": place.map(|place| place.line) });
                self.slice(
                    &span.name,
                    "span",
                    (SCRIPT, span.task),
                    (span.begin, span.end),
                    args,
                );
            }
            Event::Mark(mark) => {
                let line = mark.place.as_ref().map(|place| place.line);
                self.events.push(json!({
                    "ph": "i", "s": "g", "name": mark.text, "cat": "mark", "pid": SCRIPT,
                    "tid": mark.task, "ts": micros(mark.at), "args": { "line": line },
                }));
            }
            Event::Print(print) => {
                let line = print.place.as_ref().map(|place| place.line);
                self.events.push(json!({
                    "ph": "i", "s": "t", "name": print.text, "cat": "print", "pid": SCRIPT,
                    "tid": print.task, "ts": micros(print.at), "args": { "line": line },
                }));
            }
        }
    }

    fn call(&mut self, call: &'a Call) {
        let args = json!({
            "id": call.id,
            "source": call.place.as_ref().map(|place| &place.source),
            "line": call.place.as_ref().map(|place| place.line),
            "text": self.recording.line_of(call),
            "outcome": call.outcome,
            "error": call.error,
            "settled": call.settled.map(|settled| json!({
                "at_ms": millis(settled.at), "by": settled.by, "outcome": settled.outcome,
            })),
        });
        self.slice(
            &call.function,
            "call",
            (SCRIPT, call.task),
            (call.begin, call.end),
            args,
        );
    }

    fn command(&mut self, command: &'a Command) {
        let lane = self.lane_of(command);
        let args = json!({
            "id": command.id,
            "call": command.call,
            "line": self.line_of(command),
            "namespace": command.namespace,
            "member": command.member,
            "connection": command.connection,
            "outcome": command.outcome,
            "error": command.error,
            "retry_of": command.retry_of,
            "settled": command.settled.map(|settled| json!({
                "at_ms": millis(settled.at), "by": settled.by, "outcome": settled.outcome,
            })),
            "body": command.body,
        });
        self.slice(
            &command.name,
            "command",
            lane,
            (command.begin, command.end),
            args,
        );
        if let Some(call) = command.call.and_then(|call| self.calls.get(&call)) {
            let from = (SCRIPT, call.task);
            let at = inside(command.begin, call.begin, call.end);
            self.arrow("command", (from, at), (lane, command.begin));
        }
        if let Some(first) = command.retry_of.and_then(|first| self.commands.get(&first)) {
            let at = inside(first.end, first.begin, first.end);
            self.arrow("retry", (self.lane_of(first), at), (lane, command.begin));
        }
        if command.outcome == Outcome::Unknown {
            let end = command
                .settled
                .map_or(self.recording.duration, |settled| settled.at);
            let args = json!({ "command": command.id });
            self.overlapping(
                "outcome unknown",
                "unknown",
                lane.0,
                (command.end, end.max(command.end)),
                args,
            );
        }
    }

    fn line_of(&self, command: &Command) -> Option<u32> {
        let call = self.calls.get(&command.call?)?;
        call.place.as_ref().map(|place| place.line)
    }

    fn lane_of(&self, command: &'a Command) -> (u32, u32) {
        let key = (command.client, &*command.member, command.connection);
        let thread = self.connections.get(&key).copied().unwrap_or_default();
        (FIRST_CLIENT + command.client, thread)
    }

    fn checkout(&mut self, checkout: &Checkout) {
        let name = match checkout.connection {
            Some(_) => "wait for a connection",
            None => "wait for a connection, in vain",
        };
        let args = json!({ "call": checkout.call, "member": checkout.member, "connection": checkout.connection });
        let pid = FIRST_CLIENT + checkout.client;
        self.overlapping(name, "checkout", pid, (checkout.begin, checkout.end), args);
    }

    fn pool(&mut self, sample: &PoolSample) {
        self.events.push(json!({
            "ph": "C", "name": "pool", "cat": "pool", "pid": FIRST_CLIENT + sample.client,
            "ts": micros(sample.at),
            "args": { "in use": sample.in_use, "waiting": sample.waiting, "size": sample.size },
        }));
    }

    fn member(&mut self, state: &'a MemberState) {
        let (client, member) = (state.client, &*state.member);
        let thread = self
            .members
            .get(&(client, member))
            .copied()
            .unwrap_or_default();
        let end = self.state_ends.get(&(client, member, state.at)).copied();
        let end = end.unwrap_or(self.recording.duration);
        let args = json!({ "member": member, "client": client });
        self.slice(
            &state.state,
            "member",
            (MEMBERS, thread),
            (state.at, end),
            args,
        );
    }

    fn fault(&mut self, fault: &Fault) {
        let name = format!("{} {}", fault.kind.name(), fault.target);
        let end = fault.end.unwrap_or(self.recording.duration);
        let args = json!({
            "kind": fault.kind, "target": fault.target, "call": fault.call, "times_fired": fault.fired,
            "lasted_to_the_end": fault.end.is_none(),
        });
        self.overlapping(&name, "fault", FAULTS, (fault.begin, end), args);
    }

    fn slice(
        &mut self,
        name: &str,
        category: &str,
        lane: (u32, u32),
        time: (Nanos, Nanos),
        args: Value,
    ) {
        self.events.push(json!({
            "ph": "X", "name": name, "cat": category, "pid": lane.0, "tid": lane.1,
            "ts": micros(time.0), "dur": micros(time.1.saturating_sub(time.0)), "args": args,
        }));
    }

    fn overlapping(
        &mut self,
        name: &str,
        category: &str,
        pid: u32,
        time: (Nanos, Nanos),
        args: Value,
    ) {
        let id = self.next_id();
        self.events.push(json!({
            "ph": "b", "name": name, "cat": category, "id": id, "pid": pid, "tid": 0,
            "ts": micros(time.0), "args": args,
        }));
        self.events.push(json!({
            "ph": "e", "name": name, "cat": category, "id": id, "pid": pid, "tid": 0,
            "ts": micros(time.1),
        }));
    }

    fn arrow(&mut self, name: &str, from: ((u32, u32), Nanos), to: ((u32, u32), Nanos)) {
        let id = self.next_id();
        let ((pid, tid), at) = from;
        self.events.push(json!({
            "ph": "s", "name": name, "cat": "arrow", "id": id, "pid": pid, "tid": tid, "ts": micros(at),
        }));
        let ((pid, tid), at) = to;
        self.events.push(json!({
            "ph": "f", "bp": "e", "name": name, "cat": "arrow", "id": id, "pid": pid, "tid": tid,
            "ts": micros(at),
        }));
    }

    fn next_id(&mut self) -> String {
        self.last_id += 1;
        format!("{:#x}", self.last_id)
    }
}

/// Returns a moment moved into a slice, whose end does not belong to it.
fn inside(at: Nanos, begin: Nanos, end: Nanos) -> Nanos {
    at.min(end.saturating_sub(1)).max(begin)
}

fn micros(time: Nanos) -> f64 {
    time as f64 / 1e3
}

fn millis(time: Nanos) -> f64 {
    time as f64 / 1e6
}
