//! Makes histories for the tests of the checkers.

mod brute_force;
mod simulation;

pub use brute_force::is_linearizable;
pub use simulation::{Form, Simulated, Simulation, simulate};

use std::time::Duration;

use proptest::prelude::*;
use seaworthy::history::{Action, Limits, Operation, Outcome, ValueId, Verdict, check_register};

/// A key, set, value or element.
pub fn id(number: u32) -> ValueId {
    ValueId(number)
}

pub fn write(key: u32, value: u32) -> Action {
    Action::Write {
        key: id(key),
        value: id(value),
    }
}

/// Value 0 means that there was none.
pub fn read(key: u32, value: u32) -> Action {
    Action::Read {
        key: id(key),
        value: Some(id(value)),
    }
}

pub fn add(element: u32) -> Action {
    Action::Add {
        set: id(1),
        element: id(element),
    }
}

pub fn read_set(elements: &[u32]) -> Action {
    Action::ReadSet {
        set: id(1),
        elements: Some(elements.iter().copied().map(ValueId).collect()),
    }
}

/// An operation of task 1 that runs from `begin` to `end`.
pub fn operation(begin: u64, end: u64, action: Action, outcome: Outcome) -> Operation {
    Operation {
        task: 1,
        action,
        outcome,
        begin,
        end: Some(end),
        begin_at: Duration::from_millis(begin),
        end_at: Some(Duration::from_millis(end)),
        error: None,
    }
}

pub fn ok(begin: u64, end: u64, action: Action) -> Operation {
    operation(begin, end, action, Outcome::Ok)
}

pub fn unknown(begin: u64, end: u64, action: Action) -> Operation {
    operation(begin, end, action, Outcome::Unknown)
}

pub fn failed(begin: u64, end: u64, action: Action) -> Operation {
    operation(begin, end, action, Outcome::Failed)
}

/// Successful operations, one after the other.
pub fn in_a_row(actions: impl IntoIterator<Item = Action>) -> Vec<Operation> {
    let mut moment = 0;
    let operations = actions.into_iter().map(|action| {
        moment += 2;
        ok(moment - 1, moment, action)
    });
    operations.collect()
}

/// The verdict of the register checker, with a time that is long enough for small histories.
pub fn judge_register(operations: &[Operation]) -> Verdict {
    check_register(operations, &Limits::new(Duration::from_secs(60), &|| false))
}

/// Simulations of all sizes up to 150 operations.
pub fn any_size(form: Form) -> impl Strategy<Value = Simulation> {
    (1..12u32, 1..4u32, 2..150u32, 0..6u32, any::<u64>()).prop_map(
        move |(tasks, keys, operations, unknown_one_in, seed)| Simulation {
            form,
            tasks,
            keys,
            operations,
            unknown_one_in,
            seed,
        },
    )
}
