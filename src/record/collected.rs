use std::collections::HashMap;

use super::loops::Loops;
use super::names::Names;
use super::pools::Pools;
use super::ring::Ring;
use super::under_way::{CallUnderWay, CommandIdentity, CommandUnderWay, FailedCommand, UnderWay};
use super::unsettled::{NowSettled, Unsettled};
use super::{
    Call, ClientLabel, Command, CommandEnd, CommandStart, Event, Name, Nanos, OpTime, Outcome,
    Place, Settled, SourceText, Task,
};

/// The maximum number of events.
const MOST_EVENTS: usize = 200_000;

/// Calls that took less time and caused nothing, and shorter waits for a connection, are not
/// recorded.
pub(super) const SHORT: Nanos = 100_000;

/// What a recorder has collected so far.
#[derive(Debug)]
pub(super) struct Collected {
    pub events: Ring,
    /// Whether new events are ignored.
    pub is_paused: bool,
    /// When the script last ended.
    pub script_ended: Option<Nanos>,
    pub sources: Vec<SourceText>,
    pub clients: Vec<ClientLabel>,
    pub tasks: Vec<Task>,
    pub pools: Pools,
    pub loops: Loops,
    /// The tasks whose number can be used again.
    free_tasks: Vec<u32>,
    under_way: UnderWay,
    unsettled: Unsettled,
    /// The unknown commands of each call whose own outcome is unknown.
    unknown_calls: HashMap<u32, Vec<u32>>,
    names: Names,
}

/// The begin of a call, which its end needs.
#[derive(Debug)]
pub(super) struct CallEnd {
    pub id: u32,
    pub task: u32,
    pub place: Option<Place>,
    pub function: Name,
    pub begin: Nanos,
}

impl Collected {
    pub(super) fn new(names: Names) -> Self {
        Self {
            events: Ring::new(MOST_EVENTS),
            is_paused: false,
            script_ended: None,
            sources: Vec::new(),
            clients: Vec::new(),
            tasks: vec![Task {
                id: 0,
                kind: "script".to_owned(),
            }],
            pools: Pools::default(),
            loops: Loops::default(),
            free_tasks: Vec::new(),
            under_way: UnderWay::default(),
            unsettled: Unsettled::default(),
            unknown_calls: HashMap::new(),
            names,
        }
    }

    pub(super) fn name(&self, name: &str) -> Name {
        self.names.shared(name)
    }

    pub(super) fn begin_task(&mut self, kind: &str) -> u32 {
        let tasks = &self.tasks;
        let is_free = |id: &u32| tasks.iter().any(|task| task.id == *id && task.kind == kind);
        if let Some(place) = self.free_tasks.iter().position(is_free) {
            return self.free_tasks.remove(place);
        }
        let id = u32::try_from(self.tasks.len()).unwrap_or(u32::MAX);
        let kind = kind.to_owned();
        self.tasks.push(Task { id, kind });
        id
    }

    pub(super) fn end_task(&mut self, id: u32) {
        self.free_tasks.push(id);
        self.free_tasks.sort_unstable();
    }

    /// Begins a call in the call `parent`.
    pub(super) fn begin_call(&mut self, id: u32, parent: Option<u32>) {
        let call = CallUnderWay {
            parent,
            ..CallUnderWay::default()
        };
        self.under_way.calls.insert(id, call);
    }

    /// Notes that something was recorded in a call, so that the call is recorded too.
    pub(super) fn caused_by(&mut self, call: Option<u32>) {
        if let Some(call) = call.and_then(|call| self.under_way.calls.get_mut(&call)) {
            call.caused = true;
        }
    }

    pub(super) fn end_call(&mut self, call: CallEnd, error: Option<Name>, end: Nanos) {
        let Some(known) = self.under_way.calls.remove(&call.id) else {
            return;
        };
        if let Some(parent) = known
            .parent
            .and_then(|id| self.under_way.calls.get_mut(&id))
        {
            parent.caused |= known.caused;
            parent.unknown.extend(&known.unknown);
        }
        if !known.caused && error.is_none() && end.saturating_sub(call.begin) < SHORT {
            return;
        }
        let outcome = match &error {
            None => Outcome::Ok,
            Some(_) if self.may_be_applied(&known.unknown) => Outcome::Unknown,
            Some(_) => Outcome::Failed,
        };
        if outcome == Outcome::Unknown {
            self.unknown_calls.insert(call.id, known.unknown);
        }
        self.events.push(Event::Call(Call {
            id: call.id,
            parent: known.parent,
            task: call.task,
            place: call.place,
            function: call.function,
            begin: call.begin,
            end,
            outcome,
            error,
            settled: None,
        }));
    }

    fn may_be_applied(&self, unknown: &[u32]) -> bool {
        unknown.iter().any(|command| {
            let settled = self.unsettled.settlement(*command);
            settled.is_none_or(|settled| settled.outcome != Outcome::Failed)
        })
    }

    /// Returns how the commands of a call with an unknown outcome were settled, if all were.
    pub(super) fn settlement_of_call(&self, call: u32) -> Option<Settled> {
        let commands = self.unknown_calls.get(&call)?;
        let mut last: Option<Settled> = None;
        for command in commands {
            let settled = self.unsettled.settlement(*command)?;
            last = last.filter(|last| last.at > settled.at).or(Some(settled));
        }
        last
    }

    pub(super) fn begin_command(
        &mut self,
        id: u32,
        request: i32,
        start: CommandStart,
        begin: Nanos,
    ) {
        let identity = CommandIdentity {
            name: self.name(&start.name),
            namespace: self.name(&start.namespace),
            transaction: start.transaction,
        };
        let mut retry_of = None;
        let call = start
            .call
            .and_then(|call| self.under_way.calls.get_mut(&call));
        if let Some(call) = call {
            call.caused = true;
            let failed = call.last_failed.take();
            retry_of = failed
                .filter(|failed| failed.identity == identity)
                .map(|failed| failed.id);
        }
        let command = CommandUnderWay {
            id,
            call: start.call,
            client: start.client,
            member: self.name(&start.member),
            connection: start.connection,
            identity,
            begin,
            retry_of,
            is_write: start.is_write,
            wants_majority: start.wants_majority,
            body: start.body.into(),
        };
        self.under_way.commands.insert(request, command);
    }

    pub(super) fn forget_command(&mut self, request: i32) {
        self.under_way.commands.remove(&request);
    }

    pub(super) fn end_command(&mut self, request: i32, end: CommandEnd, at: Nanos) {
        let Some(command) = self.under_way.commands.remove(&request) else {
            return;
        };
        let (outcome, kind, op_time) = match end {
            CommandEnd::Done { op_time } => (Outcome::Ok, None, op_time),
            CommandEnd::Refused { kind } => (Outcome::Failed, Some(kind), None),
            CommandEnd::NotConfirmed { kind, op_time } => (Outcome::Unknown, Some(kind), op_time),
            CommandEnd::Lost { kind } if command.is_write => (Outcome::Unknown, Some(kind), None),
            CommandEnd::Lost { kind } => (Outcome::Failed, Some(kind), None),
        };
        let error = kind.map(|kind| self.name(kind));
        let call = command
            .call
            .and_then(|call| self.under_way.calls.get_mut(&call));
        if let Some(call) = call {
            if outcome == Outcome::Unknown {
                call.unknown.push(command.id);
            }
            call.last_failed = error.is_some().then(|| FailedCommand {
                id: command.id,
                identity: command.identity.clone(),
            });
        }
        let (id, retry_of, client) = (command.id, command.retry_of, command.client);
        let event = self.events.push(Event::Command(Command {
            id,
            call: command.call,
            client: command.client,
            member: command.member,
            connection: command.connection,
            name: command.identity.name,
            namespace: command.identity.namespace,
            begin: command.begin,
            end: at,
            outcome,
            error,
            retry_of,
            settled: None,
            body: command.body,
        }));
        if let (Some(first), Some(outcome)) = (retry_of, told_by_retry(outcome, kind)) {
            let settled = self.unsettled.retried(first, outcome, at);
            self.settle(settled);
        }
        match (outcome, op_time) {
            (Outcome::Unknown, op_time) => {
                let deployment = self.deployment(client);
                self.unsettled.add(id, retry_of, event, deployment, op_time);
            }
            (Outcome::Ok, Some(op_time)) if command.wants_majority => {
                self.replicated_at(client, op_time, at);
            }
            _ => {}
        }
    }

    /// Notes that a majority of the client's deployment has replicated everything up to `reached`.
    pub(super) fn replicated_at(&mut self, client: u32, reached: OpTime, at: Nanos) {
        let deployment = self.deployment(client);
        self.replicated(deployment, reached, at);
    }

    fn replicated(&mut self, deployment: u32, reached: OpTime, at: Nanos) {
        let settled = self.unsettled.replicated(deployment, reached, at);
        self.settle(settled);
    }

    fn settle(&mut self, settled: Vec<NowSettled>) {
        for (event, settled) in settled {
            if let Some(Event::Command(command)) = self.events.get_mut(event) {
                command.settled = Some(settled);
            }
        }
    }

    /// Returns the first client with the same servers.
    fn deployment(&self, client: u32) -> u32 {
        let of = |id: u32| self.clients.iter().find(|label| label.id == id);
        let Some(own) = of(client) else {
            return client;
        };
        let same = self
            .clients
            .iter()
            .find(|label| label.servers == own.servers);
        same.map_or(client, |label| label.id)
    }
}

/// Returns what a retry says about the first try: the server does a write with a transaction number
/// only once.
fn told_by_retry(outcome: Outcome, kind: Option<&str>) -> Option<Outcome> {
    match (outcome, kind) {
        (Outcome::Ok, _) => Some(Outcome::Ok),
        // The server looks for an earlier success first. Other errors come before that, for example
        // because this member is not the primary.
        (Outcome::Failed, Some("DuplicateKey" | "ValidationFailed")) => Some(Outcome::Failed),
        _ => None,
    }
}
