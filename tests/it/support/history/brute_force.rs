use seaworthy::history::{Action, Operation, Outcome, ValueId};

/// Returns whether the operations on one key are linearizable, by trying every order. It shares no
/// code and no idea with the checker: use it for at most 12 operations.
pub fn is_linearizable(operations: &[Operation]) -> bool {
    let mut left: Vec<&Operation> = operations
        .iter()
        .filter(|one| match one.action {
            Action::Read { .. } => one.outcome == Outcome::Ok,
            _ => one.outcome != Outcome::Failed,
        })
        .collect();
    can_continue(&mut left, ValueId::ABSENT)
}

fn can_continue(left: &mut Vec<&Operation>, value: ValueId) -> bool {
    // Unknown writes may never happen.
    if left.iter().all(|one| one.outcome == Outcome::Unknown) {
        return true;
    }
    for place in 0..left.len() {
        let next = left[place];
        let is_too_early = left
            .iter()
            .any(|other| other.outcome == Outcome::Ok && other.end.unwrap() < next.begin);
        let after = match next.action {
            Action::Write { value, .. } => value,
            Action::Read {
                value: Some(seen), ..
            } if seen == value => value,
            _ => continue,
        };
        if is_too_early {
            continue;
        }
        left.remove(place);
        let is_possible = can_continue(left, after);
        left.insert(place, next);
        if is_possible {
            return true;
        }
    }
    false
}
