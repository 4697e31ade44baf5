//! The set checker: known verdicts and random histories.

use proptest::prelude::*;
use seaworthy::history::{Action, Anomaly, Finding, Operation, ValueId, check_set};

use crate::support::history::{
    Form, add, any_size, failed, id, in_a_row, ok, read_set, simulate, unknown,
};

fn elements(numbers: &[u32]) -> Vec<Finding> {
    numbers
        .iter()
        .map(|one| Finding::Element(id(*one)))
        .collect()
}

#[test]
fn an_element_that_is_read_at_the_end_is_stable() {
    let history = in_a_row([
        read_set(&[]),
        add(1),
        read_set(&[1]),
        add(2),
        read_set(&[2, 1]),
    ]);
    let verdict = check_set(&history);
    assert_eq!((verdict.valid, verdict.operations), (Some(true), 5));
}

#[test]
fn an_acknowledged_element_that_is_missing_at_the_end_is_lost() {
    let verdict = check_set(&in_a_row([add(1), add(2), read_set(&[2])]));
    assert_eq!(
        (verdict.valid, &verdict.lost),
        (Some(false), &elements(&[1]))
    );
    let found = verdict.counterexample.unwrap();
    assert_eq!(
        (found.anomaly, found.operations),
        (Anomaly::Lost, vec![0, 2])
    );
}

#[test]
fn an_element_that_was_seen_and_then_disappears_is_lost() {
    let history = [
        unknown(1, 2, add(1)),
        ok(3, 4, read_set(&[1])),
        ok(5, 6, read_set(&[])),
    ];
    let verdict = check_set(&history);
    assert_eq!((verdict.lost, verdict.recovered), (elements(&[1]), vec![]));
    assert_eq!(verdict.counterexample.unwrap().operations, [1, 2]);
}

#[test]
fn an_element_that_is_missing_only_for_a_while_is_stale() {
    let verdict = check_set(&in_a_row([add(1), read_set(&[]), read_set(&[1])]));
    assert_eq!(verdict.valid, Some(false));
    assert_eq!((verdict.stale, verdict.lost), (elements(&[1]), vec![]));
    assert_eq!(verdict.counterexample.unwrap().operations, [0, 1]);
}

#[test]
fn a_read_that_runs_beside_an_add_may_miss_it() {
    let history = [
        ok(1, 5, add(1)),
        ok(2, 9, read_set(&[])),
        ok(10, 11, read_set(&[1])),
    ];
    assert_eq!(check_set(&history).valid, Some(true));
}

#[test]
fn an_unknown_element_may_be_there_or_not() {
    for (seen, recovered) in [(vec![], vec![]), (vec![1], vec![1])] {
        let verdict = check_set(&[unknown(1, 2, add(1)), ok(3, 4, read_set(&seen))]);
        assert_eq!(verdict.valid, Some(true));
        assert_eq!(verdict.recovered, elements(&recovered));
    }
}

#[test]
fn an_unknown_add_that_is_repeated_counts_from_its_acknowledgement() {
    let history = [
        unknown(1, 2, add(1)),
        ok(3, 4, read_set(&[])),
        ok(5, 6, add(1)),
        ok(7, 8, read_set(&[1])),
    ];
    assert_eq!(check_set(&history).valid, Some(true));
}

#[test]
fn elements_that_were_not_added_are_unexpected() {
    let history = [failed(1, 2, add(1)), ok(3, 4, read_set(&[1, 9]))];
    let verdict = check_set(&history);
    assert_eq!(verdict.unexpected, elements(&[1, 9]));
    assert_eq!(verdict.counterexample.unwrap().operations, [0, 1]);
}

#[test]
fn an_element_that_is_there_twice_is_duplicated() {
    let verdict = check_set(&in_a_row([add(1), read_set(&[1, 1])]));
    assert_eq!(verdict.duplicated, elements(&[1]));
    assert_eq!(verdict.counterexample.unwrap().anomaly, Anomaly::Duplicated);
}

#[test]
fn without_a_read_at_the_end_the_verdict_is_open() {
    for history in [
        in_a_row([add(1)]),
        in_a_row([add(1), read_set(&[1]), add(2)]),
    ] {
        let verdict = check_set(&history);
        assert_eq!(verdict.valid, None);
        let reason = verdict.reason.unwrap();
        assert!(
            reason.starts_with("1 acknowledged element was added after"),
            "{reason}"
        );
    }
    assert!(
        check_set(&[])
            .reason
            .unwrap()
            .contains("no operations on sets")
    );
}

#[test]
fn ten_thousand_operations_on_sets() {
    let size = crate::support::history::Simulation {
        form: Form::Sets,
        tasks: 10,
        keys: 50,
        operations: 10_000,
        unknown_one_in: 10,
        seed: 1,
    };
    assert_eq!(check_set(&simulate(size).operations).valid, Some(true));
}

/// Changes what a read of a set returned.
fn with_elements(operation: &mut Operation, change: impl FnOnce(&mut Vec<ValueId>)) {
    if let Action::ReadSet { elements, .. } = &mut operation.action {
        let mut changed = elements.as_ref().unwrap().to_vec();
        change(&mut changed);
        *elements = Some(changed.into());
    }
}

/// Returns the reads, each with the elements that were acknowledged before it began.
fn reads_with_known(history: &[Operation]) -> Vec<(usize, Vec<ValueId>)> {
    let reads = history.iter().enumerate().filter_map(|(place, read)| {
        let Action::ReadSet { set, .. } = read.action else {
            return None;
        };
        let known = history
            .iter()
            .filter(|add| add.is_ok() && add.end < Some(read.begin));
        let known = known.filter_map(|one| match one.action {
            Action::Add {
                set: other,
                element,
            } if other == set => Some(element),
            _ => None,
        });
        Some((place, known.collect::<Vec<_>>()))
    });
    reads.filter(|(_, known)| !known.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_valid_set_is_refused(size in any_size(Form::Sets)) {
        prop_assert_eq!(check_set(&simulate(size).operations).valid, Some(true));
    }

    #[test]
    fn every_missing_element_is_found(
        size in any_size(Form::Sets),
        read in any::<prop::sample::Index>(),
        element in any::<prop::sample::Index>(),
    ) {
        let mut history = simulate(size).operations;
        let reads = reads_with_known(&history);
        prop_assume!(!reads.is_empty());
        let (place, known) = &reads[read.index(reads.len())];
        let gone = known[element.index(known.len())];
        with_elements(&mut history[*place], |elements| elements.retain(|one| *one != gone));
        let verdict = check_set(&history);
        prop_assert_eq!(verdict.valid, Some(false));
        prop_assert_eq!([verdict.lost, verdict.stale].concat(), [Finding::Element(gone)]);
    }

    #[test]
    fn every_repeated_or_foreign_element_is_found(
        size in any_size(Form::Sets),
        read in any::<prop::sample::Index>(),
        is_foreign in any::<bool>(),
    ) {
        let mut history = simulate(size).operations;
        let reads = reads_with_known(&history);
        prop_assume!(!reads.is_empty());
        let (place, known) = &reads[read.index(reads.len())];
        let more = if is_foreign { id(7) } else { known[0] };
        with_elements(&mut history[*place], |elements| elements.push(more));
        let verdict = check_set(&history);
        prop_assert_eq!(verdict.valid, Some(false));
        let found = if is_foreign { verdict.unexpected } else { verdict.duplicated };
        prop_assert_eq!(found, [Finding::Element(more)]);
    }
}
