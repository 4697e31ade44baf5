use std::collections::{BTreeMap, HashMap, HashSet};

use super::picture::{FAULTS, GAP, POOL, Picture, ROW, TOP};
use super::slice::Slice;
use crate::record::{
    Call, ClientLabel, Command, Event, Fault, PoolSample, Recording, short_member,
};
use crate::render::timeline::members::stretches;

/// The tallest lane of one client's connections.
const CONNECTIONS: f64 = 72.0;
/// More tasks are drawn together in one lane.
const MOST_TASKS: usize = 12;
/// More clients are drawn together in one lane.
const MOST_CLIENTS: usize = 12;
/// More pools are left out: those of the clients that waited least.
const MOST_POOLS: usize = 6;

/// The events of a recording by lane.
pub(super) struct Lanes<'a> {
    recording: &'a Recording,
    /// The calls of each task that contain no other call.
    tasks: Vec<(String, Vec<&'a Call>)>,
    /// The commands of each client, by connection.
    clients: Vec<(String, Vec<Vec<&'a Command>>)>,
    pools: Vec<(&'a ClientLabel, Vec<&'a PoolSample>)>,
    pub faults: Vec<&'a Fault>,
}

impl<'a> Lanes<'a> {
    pub(super) fn of(recording: &'a Recording) -> Self {
        let mut tasks: BTreeMap<u32, Vec<&Call>> = BTreeMap::new();
        let mut commands: BTreeMap<u32, BTreeMap<(&str, u32), Vec<&Command>>> = BTreeMap::new();
        let mut pools: BTreeMap<u32, Vec<&PoolSample>> = BTreeMap::new();
        let mut faults = Vec::new();
        let parents: HashSet<u32> = recording
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Call(call) => call.parent,
                _ => None,
            })
            .collect();
        for event in &recording.events {
            match event {
                Event::Call(call) if !parents.contains(&call.id) => {
                    tasks.entry(call.task).or_default().push(call);
                }
                Event::Command(command) => {
                    let connection = (&*command.member, command.connection);
                    let client = commands.entry(command.client).or_default();
                    client.entry(connection).or_default().push(command);
                }
                Event::Pool(sample) => pools.entry(sample.client).or_default().push(sample),
                Event::Fault(fault) => faults.push(fault),
                _ => {}
            }
        }
        let labels: HashMap<u32, &ClientLabel> = recording
            .clients
            .iter()
            .map(|client| (client.id, client))
            .collect();
        let clients = commands.into_iter().map(|(id, connections)| {
            let name = recording.client_name(id);
            (name, connections.into_values().collect())
        });
        let mut pools: Vec<_> = pools
            .into_iter()
            .filter_map(|(id, samples)| Some((*labels.get(&id)?, samples)))
            .collect();
        // A pool with one or two connections in use says little.
        let is_used = |sample: &&PoolSample| sample.in_use + sample.waiting > 2;
        pools.retain(|(_, samples)| samples.iter().any(is_used));
        pools.sort_by_key(|(label, samples)| {
            let most = samples
                .iter()
                .map(|sample| sample.waiting + sample.in_use)
                .max();
            (std::cmp::Reverse(most), label.id)
        });
        pools.truncate(MOST_POOLS);
        pools.sort_by_key(|(label, _)| label.id);
        Self {
            recording,
            tasks: named_tasks(tasks, recording),
            clients: fewer_clients(clients.collect()),
            pools,
            faults,
        }
    }

    /// Returns the height of the names of the faults.
    fn faults_height(&self) -> f64 {
        match self.faults.is_empty() {
            true => 0.0,
            false => FAULTS,
        }
    }

    pub(super) fn height(&self) -> f64 {
        let clients: f64 = self
            .clients
            .iter()
            .map(|(_, rows)| lane_height(rows.len()) + GAP)
            .sum();
        let members = stretches(self.recording).len();
        let rows = self.tasks.len() + members;
        let pools = self.pools.len() as f64 * (POOL + GAP);
        TOP + self.faults_height() + rows as f64 * (ROW + 3.0) + 2.0 * GAP + clients + pools + 36.0
    }

    pub(super) fn draw(&self, picture: &mut Picture) {
        let mut top = TOP + self.faults_height();
        for (name, calls) in &self.tasks {
            picture.label(name, top + 13.0);
            picture.slices(
                calls.iter().map(|call| Slice::of_call(call)),
                top,
                ROW - 2.0,
            );
            top += ROW + 3.0;
        }
        top += GAP;
        for (name, rows) in &self.clients {
            picture.label(name, top + 11.0);
            let height = lane_height(rows.len());
            let row_height = height / rows.len() as f64;
            for (index, commands) in rows.iter().enumerate() {
                let slices = commands.iter().map(|command| Slice::of_command(command));
                picture.slices(slices, top + index as f64 * row_height, row_height - 1.0);
            }
            top += height + GAP;
        }
        for (label, samples) in &self.pools {
            picture.pool(label, samples, top);
            top += POOL + GAP;
        }
        for (member, stretches) in stretches(self.recording) {
            picture.label(&short_member(member), top + 13.0);
            for stretch in stretches {
                picture.state(stretch.state, stretch.begin, stretch.end, top);
            }
            top += ROW + 3.0;
        }
    }
}

fn named_tasks<'a>(
    tasks: BTreeMap<u32, Vec<&'a Call>>,
    recording: &Recording,
) -> Vec<(String, Vec<&'a Call>)> {
    let count = tasks.len();
    let mut lanes: Vec<_> = tasks
        .into_iter()
        .map(|(id, calls)| (recording.task_name(id), calls))
        .collect();
    if count > MOST_TASKS {
        let rest: Vec<&Call> = lanes
            .split_off(MOST_TASKS - 1)
            .into_iter()
            .flat_map(|(_, calls)| calls)
            .collect();
        lanes.push((format!("{} more tasks", count - MOST_TASKS + 1), rest));
    }
    lanes
}

/// Puts the clients after the first ones into one lane.
fn fewer_clients(
    mut clients: Vec<(String, Vec<Vec<&Command>>)>,
) -> Vec<(String, Vec<Vec<&Command>>)> {
    if clients.len() > MOST_CLIENTS {
        let rest = clients.split_off(MOST_CLIENTS - 1);
        let name = format!("{} more clients", rest.len());
        let rows = rest.into_iter().flat_map(|(_, rows)| rows).flatten();
        let mut commands: Vec<&Command> = rows.collect();
        commands.sort_by_key(|command| command.begin);
        clients.push((name, vec![commands]));
    }
    clients
}

/// Returns the height of a lane with so many connections.
fn lane_height(rows: usize) -> f64 {
    (rows as f64 * 12.0).clamp(12.0, CONNECTIONS)
}
