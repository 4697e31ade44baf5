use std::collections::HashSet;

use super::key_history::KeyHistory;
use super::search::{Search, search};
use crate::history::limits::Limits;

/// Removes operations from a history that is not linearizable, as long as the rest is not
/// linearizable either.
///
/// What is removed cannot be what made the rest impossible: reads, and writes whose values no
/// remaining read returns. At the time limit, the smallest history so far is returned.
pub fn minimise(mut history: KeyHistory, limits: &Limits) -> KeyHistory {
    history.drop_unread_optional();
    loop {
        let before = history.required.len();
        remove_chunks(&mut history, limits);
        if history.required.len() == before || limits.are_exceeded() {
            return history;
        }
    }
}

/// Tries to remove large chunks first, then smaller ones, and single operations last.
fn remove_chunks(history: &mut KeyHistory, limits: &Limits) {
    let mut size = history.required.len().div_ceil(2);
    while size > 0 && !limits.are_exceeded() {
        let mut start = 0;
        while start < history.required.len() && !limits.are_exceeded() {
            match without(history, start, size) {
                Some(smaller) if search(&smaller, limits) == Search::NotLinearizable => {
                    *history = smaller;
                }
                _ => start += size,
            }
        }
        size /= 2;
    }
}

/// Returns the history without the operations of a chunk that may be removed, or `None` if there
/// are none.
fn without(history: &KeyHistory, start: usize, size: usize) -> Option<KeyHistory> {
    let chunk = start..start + size;
    let outside = |at: usize| !chunk.contains(&at);
    let effects = || history.required.iter().enumerate();
    let read: HashSet<_> = effects()
        .filter(|(at, effect)| !effect.is_write && outside(*at))
        .map(|(_, effect)| effect.value)
        .collect();
    let kept: Vec<_> = effects()
        .filter(|(at, effect)| outside(*at) || effect.is_write && read.contains(&effect.value))
        .map(|(_, effect)| *effect)
        .collect();
    if kept.len() == history.required.len() {
        return None;
    }
    let mut smaller = history.clone();
    smaller.required = kept;
    smaller.drop_unread_optional();
    Some(smaller)
}
