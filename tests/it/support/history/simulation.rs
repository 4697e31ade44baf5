use std::collections::HashMap;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use seaworthy::history::{Action, Operation, Outcome, ValueId};

use super::{id, operation};

/// What a simulated history consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Writes and reads of keys.
    Keys,
    /// Adds to sets and reads of sets, with a read of each set at the end.
    Sets,
}

/// The size of a simulated history.
#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    pub form: Form,
    pub tasks: u32,
    /// How many keys or sets there are.
    pub keys: u32,
    pub operations: u32,
    /// One of so many writes has an unknown outcome. Half of these happen, later. 0 means none.
    pub unknown_one_in: u32,
    pub seed: u64,
}

/// A history that a perfect server could have produced: each operation takes effect at one moment
/// between its begin and its end, and an unknown write later or never. Every write has its own value.
pub struct Simulated {
    pub operations: Vec<Operation>,
    /// The writes that took effect, in this order.
    pub effects: Vec<Action>,
}

struct Server {
    random: ChaCha8Rng,
    values: HashMap<ValueId, ValueId>,
    sets: HashMap<ValueId, Vec<ValueId>>,
    effects: Vec<Action>,
    /// Writes of unknown outcome that will take effect.
    late: Vec<Action>,
}

struct Running {
    begin: u64,
    action: Action,
    has_taken_effect: bool,
}

pub fn simulate(size: Simulation) -> Simulated {
    let mut server = Server {
        random: ChaCha8Rng::seed_from_u64(size.seed),
        values: HashMap::new(),
        sets: HashMap::new(),
        effects: Vec::new(),
        late: Vec::new(),
    };
    let mut running: Vec<Option<Running>> = (0..size.tasks).map(|_| None).collect();
    let mut done: Vec<Operation> = Vec::new();
    let (mut moment, mut started) = (0, 0);
    while started < size.operations || running.iter().any(Option::is_some) {
        moment += 1;
        server.apply_late();
        let task = server.random.random_range(0..running.len());
        match running[task].take() {
            None if started < size.operations => {
                started += 1;
                running[task] = Some(Running {
                    begin: moment,
                    action: server.new_action(size, id(1000 + started)),
                    has_taken_effect: false,
                });
            }
            None => {}
            Some(one) if one.has_taken_effect => {
                done.push(operation(one.begin, moment, one.action, Outcome::Ok));
            }
            Some(one) if one.action.is_write() && server.is_lost_on_the_way(size) => {
                if server.random.random_bool(0.5) {
                    server.late.push(one.action.clone());
                }
                done.push(operation(one.begin, moment, one.action, Outcome::Unknown));
            }
            Some(mut one) => {
                one.action = server.apply(one.action);
                one.has_taken_effect = true;
                running[task] = Some(one);
            }
        }
    }
    for key in 1..=size.keys {
        if size.form == Form::Sets {
            moment += 2;
            let set = id(key);
            let read = server.apply(Action::ReadSet {
                set,
                elements: None,
            });
            done.push(operation(moment - 1, moment, read, Outcome::Ok));
        }
    }
    done.sort_by_key(|one| one.begin);
    Simulated {
        operations: done,
        effects: server.effects,
    }
}

impl Server {
    fn new_action(&mut self, size: Simulation, value: ValueId) -> Action {
        let key = id(self.random.random_range(1..=size.keys));
        match (size.form, self.random.random_bool(0.5)) {
            (Form::Keys, true) => Action::Write { key, value },
            (Form::Keys, false) => Action::Read { key, value: None },
            (Form::Sets, true) => Action::Add {
                set: key,
                element: value,
            },
            (Form::Sets, false) => Action::ReadSet {
                set: key,
                elements: None,
            },
        }
    }

    fn is_lost_on_the_way(&mut self, size: Simulation) -> bool {
        size.unknown_one_in > 0 && self.random.random_ratio(1, size.unknown_one_in)
    }

    fn apply_late(&mut self) {
        if !self.late.is_empty() && self.random.random_ratio(1, 20) {
            let place = self.random.random_range(0..self.late.len());
            let action = self.late.swap_remove(place);
            self.apply(action);
        }
    }

    /// Lets an operation take effect, and returns it with what a read returns.
    fn apply(&mut self, action: Action) -> Action {
        if action.is_write() {
            self.effects.push(action.clone());
        }
        match action {
            Action::Write { key, value } => {
                self.values.insert(key, value);
            }
            Action::Add { set, element } => self.sets.entry(set).or_default().push(element),
            Action::Read { key, .. } => {
                let value = self.values.get(&key).copied();
                return Action::Read {
                    key,
                    value: Some(value.unwrap_or(ValueId::ABSENT)),
                };
            }
            Action::ReadSet { set, .. } => {
                let elements = self.sets.get(&set).cloned().unwrap_or_default();
                return Action::ReadSet {
                    set,
                    elements: Some(elements.into()),
                };
            }
        }
        action
    }
}
