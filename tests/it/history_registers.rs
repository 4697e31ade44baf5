//! The register checker: known verdicts, random histories, and a brute-force checker as the oracle.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use seaworthy::history::{Action, Anomaly, Finding, Limits, Operation, ValueId, check_register};

use crate::support::history::{
    Form, Simulation, any_size, failed, id, in_a_row, is_linearizable, judge_register, ok, read,
    simulate, unknown, write,
};

fn value(key: u32, value: u32) -> Finding {
    Finding::Value {
        key: id(key),
        value: id(value),
    }
}

fn counterexample(operations: &[Operation]) -> (Anomaly, Vec<usize>) {
    let found = judge_register(operations).counterexample.unwrap();
    (found.anomaly, found.operations)
}

#[test]
fn a_sequence_without_faults_is_valid() {
    let history = in_a_row([
        read(1, 0),
        write(1, 5),
        read(1, 5),
        write(1, 6),
        read(1, 6),
        read(1, 6),
    ]);
    let verdict = judge_register(&history);
    assert_eq!((verdict.valid, verdict.operations), (Some(true), 6));
    assert!(verdict.counterexample.is_none());
}

#[test]
fn a_stale_read_is_found_with_the_two_writes() {
    let history = in_a_row([
        write(1, 5),
        write(2, 1),
        write(1, 6),
        read(2, 1),
        read(1, 5),
        read(1, 6),
    ]);
    let verdict = judge_register(&history);
    assert_eq!(verdict.valid, Some(false));
    assert_eq!((verdict.stale, verdict.lost), (vec![value(1, 5)], vec![]));
    assert_eq!(counterexample(&history), (Anomaly::Stale, vec![0, 2, 4]));
}

#[test]
fn a_write_that_no_later_read_returns_is_lost() {
    let history = in_a_row([write(1, 5), write(1, 6), read(1, 6), read(1, 5), read(1, 5)]);
    let verdict = judge_register(&history);
    assert_eq!(
        verdict.stale,
        [value(1, 5)],
        "it was read once before it was lost"
    );
    let history = in_a_row([write(1, 5), write(1, 6), read(1, 5), read(1, 5)]);
    let verdict = judge_register(&history);
    assert_eq!((verdict.lost, verdict.stale), (vec![value(1, 6)], vec![]));
    assert_eq!(counterexample(&history), (Anomaly::Lost, vec![0, 1, 2]));
}

#[test]
fn an_acknowledged_write_and_no_document_is_a_lost_write() {
    let history = in_a_row([write(1, 5), read(1, 0)]);
    assert_eq!(judge_register(&history).lost, [value(1, 5)]);
    assert_eq!(counterexample(&history), (Anomaly::Lost, vec![0, 1]));
}

#[test]
fn values_that_were_not_written_are_unexpected() {
    let history = in_a_row([write(1, 5), read(1, 7)]);
    assert_eq!(judge_register(&history).unexpected, [value(1, 7)]);
    let history = [failed(1, 2, write(1, 5)), ok(3, 4, read(1, 5))];
    assert_eq!(judge_register(&history).unexpected, [value(1, 5)]);
    assert_eq!(counterexample(&history), (Anomaly::Unexpected, vec![0, 1]));
}

#[test]
fn a_failed_write_may_be_absent() {
    let history = [failed(1, 2, write(1, 5)), ok(3, 4, read(1, 0))];
    assert_eq!(judge_register(&history).valid, Some(true));
}

#[test]
fn an_unknown_write_takes_effect_later_or_never() {
    for seen in [[0, 0, 0], [0, 5, 5], [0, 0, 5]] {
        let mut history = vec![unknown(1, 2, write(1, 5))];
        history.extend((0..3).map(|at| ok(3 + 2 * at, 4 + 2 * at, read(1, seen[at as usize]))));
        let verdict = judge_register(&history);
        assert_eq!(verdict.valid, Some(true), "{seen:?}");
        assert_eq!(verdict.recovered.len(), usize::from(seen[2] == 5));
    }
    let history = [
        unknown(1, 2, write(1, 5)),
        ok(3, 4, read(1, 5)),
        ok(5, 6, read(1, 0)),
    ];
    assert_eq!(counterexample(&history).1, [0, 1, 2], "it cannot be undone");
}

#[test]
fn reads_that_go_back_while_a_write_runs_are_not_linearizable() {
    let history = [
        ok(1, 2, write(1, 5)),
        ok(3, 20, write(1, 6)),
        ok(4, 5, read(1, 6)),
        ok(6, 7, read(1, 5)),
        ok(21, 22, read(1, 6)),
    ];
    let verdict = judge_register(&history);
    assert_eq!(verdict.valid, Some(false));
    assert_eq!(
        counterexample(&history),
        (Anomaly::NotLinearizable, vec![0, 1, 2, 3])
    );
}

#[test]
fn an_operation_that_has_not_ended_is_unknown() {
    let mut open = unknown(1, 2, write(1, 5));
    (open.end, open.end_at) = (None, None);
    for seen in [0, 5] {
        let history = [open.clone(), ok(3, 4, read(1, seen))];
        assert_eq!(judge_register(&history).valid, Some(true));
    }
}

#[test]
fn a_history_without_keys_is_undecided() {
    let verdict = judge_register(&[]);
    assert_eq!(verdict.valid, None);
    assert!(verdict.reason.unwrap().contains("no operations on keys"));
}

/// Sixty writes and as many reads that all run at the same time, and two reads that go back.
fn knot() -> Vec<Operation> {
    let mut history: Vec<_> = (1..=60)
        .map(|number| ok(number.into(), 1000, write(1, number)))
        .collect();
    history.extend(
        [1, 2, 1, 2]
            .iter()
            .zip(100..)
            .map(|(seen, at)| ok(2 * at, 2 * at + 1, read(1, *seen))),
    );
    history
}

#[test]
fn a_search_without_an_end_is_undecided_and_says_why() {
    let start = Instant::now();
    let limits = Limits::new(Duration::from_millis(200), &|| false);
    let verdict = check_register(&knot(), &limits);
    assert_eq!(verdict.valid, None);
    let reason = verdict.reason.unwrap();
    assert!(reason.contains("within 0.2 s"), "{reason}");
    assert!(start.elapsed() < Duration::from_secs(60));
    let verdict = check_register(&knot(), &Limits::new(Duration::from_secs(600), &|| true));
    assert_eq!(verdict.valid, None, "Ctrl-C ends it too");
}

#[test]
fn an_anomaly_is_reported_even_if_another_key_is_undecided() {
    let mut history = knot();
    history.extend([ok(2000, 2001, write(2, 5)), ok(2002, 2003, read(2, 0))]);
    let limits = Limits::new(Duration::from_millis(200), &|| false);
    let verdict = check_register(&history, &limits);
    assert_eq!(
        (verdict.valid, verdict.lost),
        (Some(false), vec![value(2, 5)])
    );
    assert!(verdict.reason.is_none());
}

#[test]
fn ten_thousand_operations_of_ten_tasks_on_fifty_keys() {
    for unknown_one_in in [0, 10] {
        let history = simulate(Simulation {
            form: Form::Keys,
            tasks: 10,
            keys: 50,
            operations: 10_000,
            unknown_one_in,
            seed: 1,
        });
        let history = history.operations;
        let verdict = check_register(&history, &Limits::new(Duration::from_secs(5), &|| false));
        assert_eq!((verdict.valid, verdict.operations), (Some(true), 10_000));
    }
}

/// Any short history of one key, also an impossible one: few values, so that reads often fit.
fn any_history() -> impl Strategy<Value = Vec<Operation>> {
    let one = (0..20u64, 0..8u64, 0..4u32, 0..10u8);
    proptest::collection::vec(one, 1..=12).prop_map(|all| {
        let mut history: Vec<Operation> = all
            .into_iter()
            .enumerate()
            .map(|(number, (begin, length, value, form))| {
                // Every moment is used only once.
                let begin = begin * 100 + 2 * number as u64;
                let end = begin + length * 100 + 1;
                match form {
                    0..=3 => ok(begin, end, write(1, value.max(1))),
                    4 => unknown(begin, end, write(1, value.max(1))),
                    5 => failed(begin, end, write(1, value.max(1))),
                    _ => ok(begin, end, read(1, value)),
                }
            })
            .collect();
        history.sort_by_key(|one| one.begin);
        history
    })
}

/// Returns the places of the reads that begin after an acknowledged write has replaced the value
/// `old` for good, with this value.
fn possible_stale_reads(history: &[Operation]) -> Vec<(usize, ValueId)> {
    let mut found = Vec::new();
    for (place, one) in history.iter().enumerate() {
        let Action::Read { key, .. } = one.action else {
            continue;
        };
        if !one.is_ok() {
            continue;
        }
        let replaced = history.iter().filter(|write| {
            write.is_ok()
                && write.end.unwrap() < one.begin
                && matches!(write.action, Action::Write { key: other, .. } if other == key)
        });
        let replaced: Vec<_> = replaced.collect();
        for old in &replaced {
            if let (Action::Write { value, .. }, true) = (
                &old.action,
                replaced.iter().any(|newer| newer.begin > old.end.unwrap()),
            ) {
                found.push((place, *value));
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_checker_agrees_with_brute_force(history in any_history()) {
        let verdict = judge_register(&history);
        prop_assert_eq!(verdict.valid, Some(is_linearizable(&history)));
        if let Some(found) = verdict.counterexample {
            let part: Vec<_> = found.operations.iter().map(|place| history[*place].clone()).collect();
            prop_assert!(!is_linearizable(&part), "the counterexample is possible: {part:?}");
            for left_out in 0..part.len() {
                let mut smaller = part.clone();
                let gone = smaller.remove(left_out);
                let is_read = matches!(gone.action, Action::Read { .. });
                prop_assert!(!is_read || is_linearizable(&smaller), "it is not minimal: {part:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_valid_history_is_refused(size in any_size(Form::Keys)) {
        let verdict = judge_register(&simulate(size).operations);
        prop_assert_eq!(verdict.valid, Some(true));
    }

    #[test]
    fn every_injected_stale_read_is_found(size in any_size(Form::Keys), choice in any::<prop::sample::Index>()) {
        let mut history = simulate(size).operations;
        let possible = possible_stale_reads(&history);
        prop_assume!(!possible.is_empty());
        let (place, old) = possible[choice.index(possible.len())];
        if let Action::Read { value, .. } = &mut history[place].action {
            *value = Some(old);
        }
        let verdict = judge_register(&history);
        prop_assert_eq!(verdict.valid, Some(false));
        prop_assert!(verdict.counterexample.unwrap().operations.contains(&place));
        let found = [verdict.stale, verdict.lost].concat();
        prop_assert!(!found.is_empty());
    }

    #[test]
    fn every_value_from_nowhere_is_found(size in any_size(Form::Keys), choice in any::<prop::sample::Index>()) {
        let mut history = simulate(size).operations;
        let reads: Vec<_> = (0..history.len())
            .filter(|place| matches!(history[*place].action, Action::Read { .. }) && history[*place].is_ok())
            .collect();
        prop_assume!(!reads.is_empty());
        let place = reads[choice.index(reads.len())];
        if let Action::Read { value, .. } = &mut history[place].action {
            *value = Some(id(7));
        }
        let verdict = judge_register(&history);
        prop_assert_eq!(verdict.valid, Some(false));
        prop_assert_eq!(verdict.unexpected.len(), 1);
    }
}
