//! The stream checker: known verdicts and random histories.

use proptest::prelude::*;
use seaworthy::history::{Action, Anomaly, Change, Finding, check_stream};

use crate::support::history::{
    Form, Simulated, add, any_size, failed, id, in_a_row, ok, read, simulate, unknown, write,
};

/// Events that report these elements.
fn elements(numbers: &[u32]) -> Vec<Change> {
    numbers
        .iter()
        .map(|one| change(Finding::Element(id(*one))))
        .collect()
}

fn change(finding: Finding) -> Change {
    let (Finding::Element(shown) | Finding::Value { key: shown, .. } | Finding::Key(shown)) =
        finding;
    Change {
        candidates: vec![finding],
        shown,
    }
}

#[test]
fn each_change_once_and_in_order_is_valid() {
    let history = in_a_row([add(1), read(5, 0), add(2), write(3, 7)]);
    let mut events = elements(&[1, 2]);
    let written = Finding::Value {
        key: id(3),
        value: id(7),
    };
    events.push(Change {
        candidates: vec![Finding::Element(id(3)), written],
        shown: id(3),
    });
    let verdict = check_stream(&history, &events);
    assert_eq!((verdict.valid, verdict.operations), (Some(true), 3));
}

#[test]
fn a_change_without_an_event_is_lost() {
    let verdict = check_stream(&in_a_row([add(1), add(2)]), &elements(&[2]));
    assert_eq!(verdict.lost, [Finding::Element(id(1))]);
    let found = verdict.counterexample.unwrap();
    assert_eq!((found.anomaly, found.operations), (Anomaly::Lost, vec![0]));
}

#[test]
fn an_event_that_comes_twice_is_duplicated() {
    let verdict = check_stream(&in_a_row([add(1), add(2)]), &elements(&[1, 2, 1]));
    assert_eq!(verdict.duplicated, [Finding::Element(id(1))]);
    assert_eq!((verdict.valid, verdict.out_of_order), (Some(false), vec![]));
}

#[test]
fn events_in_another_order_are_out_of_order() {
    let verdict = check_stream(&in_a_row([add(1), add(2), add(3)]), &elements(&[2, 1, 3]));
    assert_eq!(verdict.out_of_order, [Finding::Element(id(1))]);
    assert_eq!(verdict.counterexample.unwrap().operations, [0, 1]);
    let at_once = [ok(1, 9, add(1)), ok(2, 8, add(2))];
    for order in [[1, 2], [2, 1]] {
        assert_eq!(check_stream(&at_once, &elements(&order)).valid, Some(true));
    }
}

#[test]
fn events_of_unknown_failed_and_foreign_changes() {
    let history = [
        unknown(1, 2, add(1)),
        failed(3, 4, add(2)),
        ok(5, 6, add(3)),
    ];
    assert_eq!(check_stream(&history, &elements(&[3])).valid, Some(true));
    let late = check_stream(&history, &elements(&[3, 1]));
    assert_eq!(
        (late.valid, late.recovered),
        (Some(true), vec![Finding::Element(id(1))])
    );
    let verdict = check_stream(&history, &elements(&[3, 2, 9]));
    assert_eq!(verdict.valid, Some(false));
    assert_eq!(
        verdict.unexpected,
        [Finding::Element(id(9)), Finding::Element(id(2))]
    );
    assert!(
        check_stream(&[], &[])
            .reason
            .unwrap()
            .contains("no changes")
    );
}

#[test]
fn a_repeated_write_may_have_one_event_for_each_attempt() {
    let history = [unknown(1, 2, add(1)), ok(3, 4, add(1))];
    for (events, valid) in [
        (vec![], false),
        (vec![1], true),
        (vec![1, 1], true),
        (vec![1, 1, 1], false),
    ] {
        assert_eq!(
            check_stream(&history, &elements(&events)).valid,
            Some(valid),
            "{events:?}"
        );
    }
}

/// Returns the events of a perfect change stream.
fn events(simulated: &Simulated) -> Vec<Change> {
    let effects = simulated.effects.iter().map(|effect| match *effect {
        Action::Write { key, value } => change(Finding::Value { key, value }),
        Action::Add { element, .. } => change(Finding::Element(element)),
        _ => unreachable!("reads have no effect"),
    });
    effects.collect()
}

/// Returns whether the operation of an event was acknowledged, with its begin and end.
fn acknowledged(simulated: &Simulated, event: &Change) -> Option<(u64, u64)> {
    let found = simulated.operations.iter().find(|one| match one.action {
        Action::Write { key, value } => event.candidates[0] == Finding::Value { key, value },
        _ => false,
    });
    found
        .filter(|one| one.is_ok())
        .map(|one| (one.begin, one.end.unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_valid_stream_is_refused(size in any_size(Form::Keys)) {
        let simulated = simulate(size);
        let verdict = check_stream(&simulated.operations, &events(&simulated));
        prop_assert!(verdict.valid != Some(false), "{verdict:?}");
    }

    #[test]
    fn every_missing_repeated_and_foreign_event_is_found(
        size in any_size(Form::Keys),
        choice in any::<prop::sample::Index>(),
        fault in 0..3,
    ) {
        let simulated = simulate(size);
        let mut events = events(&simulated);
        let mut places: Vec<_> = (0..events.len()).collect();
        places.retain(|place| acknowledged(&simulated, &events[*place]).is_some());
        prop_assume!(!places.is_empty());
        let place = places[choice.index(places.len())];
        let event = events[place].clone();
        match fault {
            0 => drop(events.remove(place)),
            1 => events.push(event.clone()),
            _ => events.insert(place, change(Finding::Element(id(7)))),
        }
        let verdict = check_stream(&simulated.operations, &events);
        prop_assert_eq!(verdict.valid, Some(false));
        let found = [verdict.lost, verdict.duplicated, verdict.unexpected];
        prop_assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [fault == 0, fault == 1, fault == 2].map(usize::from));
    }

    #[test]
    fn every_exchange_of_two_events_is_found(size in any_size(Form::Keys), choice in any::<prop::sample::Index>()) {
        let simulated = simulate(size);
        let mut events = events(&simulated);
        let times: Vec<_> = events.iter().map(|event| acknowledged(&simulated, event)).collect();
        let mut pairs = Vec::new();
        for (first, one) in times.iter().enumerate() {
            for (second, other) in times.iter().enumerate().skip(first) {
                if let (Some((_, end)), Some((begin, _))) = (one, other) && end < begin {
                    pairs.push((first, second));
                }
            }
        }
        prop_assume!(!pairs.is_empty());
        let (first, second) = pairs[choice.index(pairs.len())];
        events.swap(first, second);
        let verdict = check_stream(&simulated.operations, &events);
        prop_assert_eq!(verdict.valid, Some(false));
        prop_assert!(!verdict.out_of_order.is_empty());
        prop_assert_eq!(verdict.counterexample.unwrap().operations.len(), 2);
    }
}
