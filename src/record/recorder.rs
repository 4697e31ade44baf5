use std::fmt;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::collected::{CallEnd, Collected, SHORT};
use super::current::{current_call, current_task};
use super::inbox::Inbox;
use super::recording::FORMAT;
use super::{
    CallScope, Checkout, ClientLabel, CommandEnd, CommandStart, Event, Fault, FaultKind, Mark,
    MemberState, Nanos, OpTime, Place, PoolSample, Print, Recording, SourceText, Span, VariableUse,
    shortened,
};
use crate::error::redact;

/// Collects what a run does. Copies share the recording.
#[derive(Clone)]
pub struct Recorder {
    began: Instant,
    began_unix: u64,
    title: Arc<str>,
    inbox: Arc<Inbox>,
}

impl Recorder {
    /// Starts a recording. `title` says what is recorded.
    pub fn new(title: &str) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            began: Instant::now(),
            began_unix: since.map_or(0, |since| nanos(since.as_nanos())),
            title: title.into(),
            inbox: Arc::new(Inbox::new()),
        }
    }

    /// Returns the time since the start of the recording.
    pub fn now(&self) -> Nanos {
        nanos(self.began.elapsed().as_nanos())
    }

    /// Ignores commands, pools and members until `false`: what the program does to clean up is not
    /// part of the script.
    pub fn pause(&self, is_paused: bool) {
        let mut collected = self.lock();
        collected.is_paused = is_paused;
        if is_paused {
            collected.script_ended = Some(self.now());
        }
    }

    /// Adds the text of a script, or replaces an earlier version.
    pub fn add_source(&self, name: &str, text: &str) {
        let mut collected = self.lock();
        let (name, text) = (collected.name(name), redact(text));
        collected.sources.retain(|source| source.name != name);
        collected.sources.push(SourceText { name, text });
    }

    /// Returns a place in a script.
    pub fn place(&self, source: &str, line: usize, column: usize) -> Place {
        Place {
            source: self.inbox.names.shared(source),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// Notes the place of a loop that goes through the result of the call at `call`.
    pub fn add_loop(&self, call: Place, place: Place) {
        self.lock().loops.add(call, place);
    }

    /// Notes how a script uses a variable. `is_at_top` says whether the statement is in no block
    /// and no function.
    pub fn add_use(&self, source: &str, variable: &str, usage: VariableUse, is_at_top: bool) {
        let mut collected = self.lock();
        let (source, variable) = (collected.name(source), collected.name(variable));
        collected.loops.add_use(source, variable, usage, is_at_top);
    }

    /// Returns the place of the loop that goes through the result of the call at `call`, if it is
    /// known.
    pub fn loop_over(&self, call: &Place) -> Option<Place> {
        self.lock().loops.over(call).cloned()
    }

    /// Begins a call on this thread. It ends when the scope ends.
    pub fn begin_call(&self, function: &str, place: Option<Place>) -> CallScope {
        let (id, parent) = (self.inbox.next_id(), current_call());
        self.inbox
            .add(move |collected| collected.begin_call(id, parent));
        let end = CallEnd {
            id,
            task: current_task(),
            place,
            function: self.inbox.names.shared(function),
            begin: self.now(),
        };
        CallScope::enter(self.clone(), end)
    }

    pub(super) fn end_call(&self, call: CallEnd, error: Option<&str>) {
        let error = error.map(|kind| self.inbox.names.shared(kind));
        let end = self.now();
        self.inbox
            .add(move |collected| collected.end_call(call, error, end));
    }

    pub(super) fn begin_task(&self, kind: &str) -> u32 {
        self.lock().begin_task(kind)
    }

    pub(super) fn end_task(&self, id: u32, kind: &str, place: Option<Place>, begin: Nanos) {
        let end = self.now();
        let mut collected = self.lock();
        collected.events.push(Event::Span(Span {
            task: id,
            place,
            begin,
            end,
            name: kind.into(),
        }));
        collected.end_task(id);
    }

    /// Adds a client and returns its number.
    pub fn add_client(&self, name: Option<&str>, max_pool_size: u32, servers: Vec<String>) -> u32 {
        let mut collected = self.lock();
        let id = u32::try_from(collected.clients.len() + 1).unwrap_or(u32::MAX);
        collected.clients.push(ClientLabel {
            id,
            name: name.map(|name| shortened(name).into()),
            max_pool_size,
            servers,
        });
        id
    }

    /// Records that a command is sent. `request` is the driver's number of it. The command is
    /// described later, while a thread waits for the server.
    pub fn begin_command(
        &self,
        request: i32,
        describe: impl FnOnce() -> CommandStart + Send + 'static,
    ) {
        let (id, begin) = (self.inbox.next_id(), self.now());
        self.inbox.add(move |collected| {
            if !collected.is_paused {
                collected.begin_command(id, request, describe(), begin);
            }
        });
    }

    /// Records the end of a command, which is described later. `None` removes a command that is not
    /// worth recording. Does nothing if its begin was not recorded.
    pub fn end_command(
        &self,
        request: i32,
        describe: impl FnOnce() -> Option<CommandEnd> + Send + 'static,
    ) {
        let at = self.now();
        self.inbox.add(move |collected| match describe() {
            Some(end) => collected.end_command(request, end, at),
            None => collected.forget_command(request),
        });
    }

    /// Does what was left for later: this thread waits for a server and has nothing else to do.
    pub fn catch_up(&self) {
        drop(self.lock());
    }

    /// Records that a majority of a client's deployment has replicated everything up to `reached`.
    pub fn replicated(&self, client: u32, reached: OpTime) {
        let at = self.now();
        self.lock().replicated_at(client, reached, at);
    }

    /// Records a wait for a connection, which ends now. Short waits that succeeded are left out.
    pub fn checkout(
        &self,
        call: Option<u32>,
        client: u32,
        member: &dyn fmt::Display,
        connection: Option<u32>,
        waited: Duration,
    ) {
        let waited = nanos(waited.as_nanos());
        if connection.is_some() && waited < SHORT {
            return;
        }
        let (end, member) = (self.now(), self.inbox.names.shared(&member.to_string()));
        self.inbox.add(move |collected| {
            collected.caused_by(call);
            collected.events.push(Event::Checkout(Checkout {
                call,
                client,
                member,
                connection,
                begin: end.saturating_sub(waited),
                end,
            }));
        });
    }

    /// Records the state of a client's pools.
    pub fn pool(&self, client: u32, size: usize, in_use: usize, waiting: u64) {
        let sample = PoolSample {
            client,
            at: self.now(),
            size: u32::try_from(size).unwrap_or(u32::MAX),
            in_use: u32::try_from(in_use).unwrap_or(u32::MAX),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        };
        self.inbox.add(move |collected| {
            if !collected.is_paused {
                collected.pools.change(&mut collected.events, sample);
            }
        });
    }

    /// Records that a client sees a member in this state from now on.
    pub fn member(&self, client: u32, member: &str, state: &str) {
        let at = self.now();
        let mut collected = self.lock();
        if collected.is_paused {
            return;
        }
        let (member, state) = (collected.name(member), collected.name(state));
        collected.events.push(Event::Member(MemberState {
            client,
            at,
            member,
            state,
        }));
    }

    /// Records the begin of a fault.
    pub fn begin_fault(&self, kind: FaultKind, target: &str) -> OpenFault {
        let (call, begin) = (current_call(), self.now());
        let mut collected = self.lock();
        let target = collected.name(&shortened(target));
        collected.caused_by(call);
        let event = collected.events.push(Event::Fault(Fault {
            kind,
            target,
            call,
            begin,
            end: None,
            fired: None,
        }));
        drop(collected);
        OpenFault {
            recorder: self.clone(),
            event,
        }
    }

    /// Records a moment that the script marks.
    pub fn mark(&self, text: &str, place: Option<Place>) {
        let (task, at, text) = (current_task(), self.now(), shortened(text));
        let mark = Mark {
            task,
            place,
            at,
            text,
        };
        self.lock().events.push(Event::Mark(mark));
    }

    /// Records a part of the script that began at `begin` and ends now.
    pub fn span(&self, name: &str, place: Option<Place>, begin: Nanos) {
        let span = Span {
            task: current_task(),
            place,
            begin,
            end: self.now(),
            name: shortened(name),
        };
        self.lock().events.push(Event::Span(span));
    }

    /// Records a printed text.
    pub fn print(&self, text: &str, place: Option<Place>) {
        let (task, at, text) = (current_task(), self.now(), shortened(text));
        let print = Print {
            task,
            place,
            at,
            text,
        };
        self.lock().events.push(Event::Print(print));
    }

    /// Returns what was recorded so far, in the order of the begins.
    pub fn recording(&self) -> Recording {
        let collected = self.lock();
        let mut events: Vec<Event> = collected.events.iter().cloned().collect();
        events.extend(collected.pools.rest().map(Event::Pool));
        for event in &mut events {
            if let Event::Call(call) = event {
                call.settled = collected.settlement_of_call(call.id);
            }
        }
        events.sort_by_key(Event::order);
        let last = events.last().map_or(0, Event::begin);
        let script_ended = collected.script_ended.filter(|ended| *ended >= last);
        Recording {
            format: FORMAT,
            title: redact(&self.title),
            began_unix_ns: self.began_unix,
            duration: script_ended.unwrap_or_else(|| self.now()),
            sources: collected.sources.clone(),
            clients: collected.clients.clone(),
            tasks: collected.tasks.clone(),
            dropped: collected.events.dropped(),
            events,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.inbox.collected()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// A fault that has not ended.
#[derive(Debug)]
pub struct OpenFault {
    recorder: Recorder,
    event: u64,
}

impl OpenFault {
    /// Records the end of the fault, and how often it made a command fail or wait, if that is
    /// known.
    pub fn end(self, fired: Option<u64>) {
        let now = self.recorder.now();
        let mut collected = self.recorder.lock();
        if let Some(Event::Fault(fault)) = collected.events.get_mut(self.event) {
            fault.end = Some(now);
            fault.fired = fired;
        }
    }
}

fn nanos(time: u128) -> Nanos {
    Nanos::try_from(time).unwrap_or(Nanos::MAX)
}
