//! What is shown of the hints of an exercise.

use crate::course::exercise::Exercise;

/// Returns the first `count` hints. `prose` renders Markdown.
pub fn text(exercise: &Exercise, count: usize, prose: impl Fn(&str) -> String) -> String {
    let all = exercise.hints.len();
    let shown = exercise.hints.iter().take(count).enumerate();
    let texts = shown.map(|(index, hint)| {
        let numbered = format!("**Hint {} of {all}.** {hint}", index + 1);
        format!("{}\n", prose(&numbered))
    });
    texts.collect()
}

/// Returns how many hints are left. `before` and `now` are the numbers of hints that were shown;
/// `solution` is the command that shows the solution.
pub fn left(exercise: &Exercise, before: usize, now: usize, solution: &str) -> String {
    match exercise.hints.len().saturating_sub(now) {
        0 if before >= now => format!("There are no more hints. `{solution}` shows the solution."),
        0 => "That was the last hint.".to_owned(),
        1 => "There is one more.".to_owned(),
        left => format!("There are {left} more."),
    }
}
