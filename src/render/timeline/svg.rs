//! A timeline as one picture: the script and its tasks, the commands, the pools, the members, and
//! the faults through all of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::members::{short, stretches};
use super::time::shown;
use crate::plot::Axis;
use crate::plot::svg::{Anchor, Canvas, GREY, fitting, width};
use crate::record::{
    Call, ClientLabel, Command, Event, Fault, Nanos, Outcome, PoolSample, Recording, Settled,
};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
const ROW: f64 = 18.0;
const GAP: f64 = 10.0;
const POOL: f64 = 36.0;
/// The tallest lane of one client's connections.
const CONNECTIONS: f64 = 72.0;
/// More tasks are drawn together in one lane.
const MOST_TASKS: usize = 12;
/// More clients are drawn together in one lane.
const MOST_CLIENTS: usize = 12;
/// More pools are left out: those of the clients that waited least.
const MOST_POOLS: usize = 6;

/// A slice of fewer pixels has no name.
const NARROW: f64 = 3.0;

const OK: &str = "#2f7fc1";
const FAILED: &str = "#bf4f97";
const UNKNOWN: &str = "#d0660b";
const FAULT: &str = "#d0660b";
const PRIMARY: &str = "#0f9068";
const SECONDARY: &str = "#7b6fd0";

/// Returns the picture as one `<svg>` element.
pub fn svg(recording: &Recording) -> String {
    let lanes = Lanes::of(recording);
    let height = lanes.height();
    let title = format!("Timeline of {}", recording.title);
    let mut canvas = Canvas::new(WIDTH, height, &title, &description(recording));
    canvas.bold((12.0, 18.0), Anchor::Start, &fitting(&title, WIDTH - 24.0));
    let mut picture = Picture {
        canvas,
        duration: recording.duration.max(1),
        top: TOP,
        bottom: height - 28.0,
        names_end: LEFT,
    };
    for fault in &lanes.faults {
        picture.band(fault);
    }
    lanes.draw(&mut picture);
    picture.axis();
    picture.canvas.finish()
}

/// Returns the picture in words.
fn description(recording: &Recording) -> String {
    let outcomes = recording.events.iter().filter_map(|event| match event {
        Event::Call(call) => Some(call.outcome),
        _ => None,
    });
    let (mut all, mut failed, mut unknown) = (0, 0, 0);
    for outcome in outcomes {
        all += 1;
        failed += usize::from(outcome == Outcome::Failed);
        unknown += usize::from(outcome == Outcome::Unknown);
    }
    let time = shown(recording.duration);
    let mut text = format!("{time}; {all} calls, {failed} failed, {unknown} unknown");
    for event in &recording.events {
        if let Event::Fault(fault) = event {
            let until = fault.end.map_or("the end".to_owned(), shown);
            text.push_str(&format!(
                "; {} {} from {} to {until}",
                fault.kind.name(),
                short(&fault.target),
                shown(fault.begin)
            ));
        }
    }
    text
}

/// The events of a recording by lane.
struct Lanes<'a> {
    recording: &'a Recording,
    /// The calls of each task that contain no other call.
    tasks: Vec<(String, Vec<&'a Call>)>,
    /// The commands of each client, by connection.
    clients: Vec<(String, Vec<Vec<&'a Command>>)>,
    pools: Vec<(&'a ClientLabel, Vec<&'a PoolSample>)>,
    faults: Vec<&'a Fault>,
}

impl<'a> Lanes<'a> {
    fn of(recording: &'a Recording) -> Self {
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
            let name = labels
                .get(&id)
                .map_or_else(String::new, |label| label.shown());
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

    fn height(&self) -> f64 {
        let clients: f64 = self
            .clients
            .iter()
            .map(|(_, rows)| lane_height(rows.len()) + GAP)
            .sum();
        let members = stretches(self.recording).len();
        let rows = self.tasks.len() + members;
        let pools = self.pools.len() as f64 * (POOL + GAP);
        TOP + 16.0 + rows as f64 * (ROW + 3.0) + 2.0 * GAP + clients + pools + 36.0
    }

    fn draw(&self, picture: &mut Picture) {
        let mut top = TOP + 16.0;
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
            picture.label(&short(member), top + 13.0);
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
    let name = |id: u32| {
        let task = recording.tasks.iter().find(|task| task.id == id);
        match task {
            Some(task) if id > 0 => format!("{} {id}", task.kind),
            _ => "script".to_owned(),
        }
    };
    let count = tasks.len();
    let mut lanes: Vec<_> = tasks
        .into_iter()
        .map(|(id, calls)| (name(id), calls))
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

/// A stretch of a lane.
struct Slice<'a> {
    name: &'a str,
    begin: Nanos,
    end: Nanos,
    outcome: Outcome,
    settled: Option<Settled>,
}

impl<'a> Slice<'a> {
    fn of_call(call: &'a Call) -> Self {
        Self {
            name: &call.function,
            begin: call.begin,
            end: call.end,
            outcome: call.outcome,
            settled: call.settled,
        }
    }

    fn of_command(command: &'a Command) -> Self {
        Self {
            name: &command.name,
            begin: command.begin,
            end: command.end,
            outcome: command.outcome,
            settled: command.settled,
        }
    }
}

struct Picture {
    canvas: Canvas,
    duration: Nanos,
    top: f64,
    bottom: f64,
    /// Where the last name of a fault ends.
    names_end: f64,
}

impl Picture {
    fn x(&self, at: Nanos) -> f64 {
        LEFT + at.min(self.duration) as f64 / self.duration as f64 * (WIDTH - LEFT - RIGHT)
    }

    fn label(&mut self, text: &str, base: f64) {
        let text = fitting(text, LEFT - 24.0);
        self.canvas.new_line();
        self.canvas.text((LEFT - 10.0, base), Anchor::End, &text);
    }

    fn band(&mut self, fault: &Fault) {
        let (from, to) = (
            self.x(fault.begin),
            self.x(fault.end.unwrap_or(self.duration)),
        );
        let name = format!("{} {}", fault.kind.name(), short(&fault.target));
        self.canvas.new_line();
        let size = (to - from, self.bottom - self.top);
        self.canvas
            .rectangle((from, self.top), size, FAULT, 0.14, &name);
        // Names that would overlap are left out; the description has all of them.
        if to - from > 60.0 && from >= self.names_end {
            let name = fitting(&name, to - from);
            self.canvas
                .text((from + 2.0, self.top + 11.0), Anchor::Start, &name);
            self.names_end = from + width(&name) + 8.0;
        }
    }

    /// Draws slices. Narrow ones that succeeded and touch each other are drawn as one.
    fn slices<'a>(&mut self, slices: impl Iterator<Item = Slice<'a>>, top: f64, height: f64) {
        let mut busy: Option<(f64, f64)> = None;
        for slice in slices {
            let (from, to) = (self.x(slice.begin), self.x(slice.end));
            if slice.outcome != Outcome::Ok || to - from > NARROW {
                self.slice(&slice, top, height);
                continue;
            }
            match &mut busy {
                Some((_, end)) if from < *end + 1.0 => *end = end.max(to),
                _ => {
                    self.busy(busy.replace((from, to)), top, height);
                }
            }
        }
        self.busy(busy, top, height);
    }

    fn busy(&mut self, stretch: Option<(f64, f64)>, top: f64, height: f64) {
        if let Some((from, to)) = stretch {
            let size = (to - from, height.max(1.0));
            self.canvas.new_line();
            self.canvas.rectangle((from, top), size, OK, 0.75, "");
        }
    }

    fn slice(&mut self, slice: &Slice, top: f64, height: f64) {
        let (from, to) = (self.x(slice.begin), self.x(slice.end));
        let (colour, opacity, dashes, letter) = match slice.outcome {
            Outcome::Ok => (OK, 0.75, "none", ""),
            Outcome::Failed => (FAILED, 0.75, "none", "F"),
            Outcome::Unknown => (UNKNOWN, 0.6, "3 2", "?"),
        };
        self.canvas.new_line();
        let size = (to - from, height.max(1.0));
        self.canvas
            .slice((from, top), size, colour, opacity, dashes, "");
        if slice.outcome == Outcome::Unknown {
            // Unknown until something settles it.
            let until = self.x(slice.settled.map_or(self.duration, |settled| settled.at));
            let size = (until - to, (height / 3.0).max(1.0));
            let corner = (to, top + height / 3.0);
            self.canvas.slice(corner, size, colour, 0.15, dashes, "");
        }
        if height >= 12.0 && to - from > 24.0 {
            let text = format!("{letter} {}", slice.name);
            let text = fitting(text.trim(), to - from - 6.0);
            self.canvas.label((from + 3.0, top + height - 4.0), &text);
        }
    }

    fn pool(&mut self, label: &ClientLabel, samples: &[&PoolSample], top: f64) {
        self.label(&format!("pool, {}", label.shown()), top + 13.0);
        let limit = f64::from(label.max_pool_size);
        let most = samples
            .iter()
            .map(|sample| sample.in_use + sample.waiting)
            .max();
        let most = f64::from(most.unwrap_or(0));
        let is_limit_near = limit > 0.0 && limit <= 2.0 * most;
        let most = if is_limit_near { most.max(limit) } else { most };
        self.label(&format!("0 to {most:.0}"), top + 28.0);
        let scale = Axis::default().scale([0.0, most].into_iter());
        let base = top + POOL;
        for pair in samples.windows(2) {
            self.level(pair[0], self.x(pair[1].at), base, scale);
        }
        if let Some(last) = samples.last() {
            self.level(last, self.x(self.duration), base, scale);
        }
        if is_limit_near {
            let height = base - scale.place(limit) * POOL;
            let (from, to) = ((LEFT, height), (WIDTH - RIGHT, height));
            self.canvas.line(from, to, GREY, "6 4");
        }
    }

    /// Draws one sample of a pool: the connections in use, and above them the calls that wait.
    fn level(&mut self, sample: &PoolSample, to: f64, base: f64, scale: crate::plot::Scale) {
        let from = self.x(sample.at);
        let in_use = scale.place(f64::from(sample.in_use)) * POOL;
        let waiting = scale.place(f64::from(sample.in_use + sample.waiting)) * POOL - in_use;
        if to - from < 0.3 {
            return;
        }
        if in_use > 0.0 {
            let (corner, size) = ((from, base - in_use), (to - from, in_use));
            self.canvas.rectangle(corner, size, OK, 0.6, "");
        }
        if waiting > 0.0 {
            let (corner, size) = ((from, base - in_use - waiting), (to - from, waiting));
            self.canvas.rectangle(corner, size, UNKNOWN, 0.5, "");
        }
    }

    fn state(&mut self, state: &str, begin: Nanos, end: Nanos, top: f64) {
        let (from, to) = (self.x(begin), self.x(end));
        let (colour, opacity, dashes) = match state {
            "primary" => (PRIMARY, 0.8, "none"),
            "secondary" => (SECONDARY, 0.5, "none"),
            "down" => (GREY, 0.1, "2 3"),
            _ => (GREY, 0.3, "none"),
        };
        self.canvas.new_line();
        let size = (to - from, ROW - 4.0);
        self.canvas
            .slice((from, top), size, colour, opacity, dashes, "");
        if to - from > 50.0 && state != "down" {
            self.canvas.label((from + 4.0, top + ROW - 7.0), state);
        } else if to - from > 40.0 {
            self.canvas
                .text((from + 4.0, top + ROW - 7.0), Anchor::Start, state);
        }
    }

    fn axis(&mut self) {
        let (from, to) = ((LEFT, self.bottom), (WIDTH - RIGHT, self.bottom));
        self.canvas.line(from, to, GREY, "none");
        let seconds = self.duration as f64 / 1e9;
        let (scale, unit) = match seconds > 2.0 {
            true => (seconds, "s"),
            false => (seconds * 1000.0, "ms"),
        };
        for (number, text) in Axis::new("", unit).scale([0.0, scale].into_iter()).ticks(8) {
            let place = LEFT + number / scale * (WIDTH - LEFT - RIGHT);
            self.canvas.line(
                (place, self.bottom),
                (place, self.bottom + 4.0),
                GREY,
                "none",
            );
            let text = format!("{text} {unit}");
            self.canvas
                .text((place, self.bottom + 18.0), Anchor::Middle, &text);
        }
    }
}
