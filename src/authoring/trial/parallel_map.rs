use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Calls `work` for every item, at most `at_once` at a time, and returns the results in item order.
///
/// Calls `done` on the calling thread for each result as soon as it is ready.
///
/// ```
/// use seaworthy::authoring::trial::parallel_map;
///
/// let squares = parallel_map(2.try_into().unwrap(), &[1, 2, 3], |n| n * n, |_, _| ());
/// assert_eq!(squares, [1, 4, 9]);
/// ```
pub fn parallel_map<T: Sync, R: Send>(
    at_once: NonZeroUsize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut done: impl FnMut(&T, &R),
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let (answer, answers) = mpsc::channel();
        for _ in 0..at_once.get().min(items.len()) {
            let answer = answer.clone();
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else {
                        break;
                    };
                    if answer.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(answer);
        for (index, result) in answers {
            done(&items[index], &result);
            results[index] = Some(result);
        }
    });
    results.into_iter().flatten().collect()
}
