use std::collections::HashSet;

use crate::course::concepts::{defined, is_named, summary, used};
use crate::course::lesson::{Lesson, Step};

/// Returns the concepts that the lesson teaches, that this step is the first to use, and that no
/// text so far has named. Each is a line of Markdown with its meaning.
pub(super) fn new_words(lesson: &Lesson, at: usize) -> Vec<String> {
    let own = defined(lesson.source.text());
    let mut known: HashSet<String> = HashSet::new();
    let mut text = String::new();
    let mut lines = Vec::new();
    for (index, step) in lesson.steps.iter().enumerate().take(at + 1) {
        let Step::Part { prose, code } = step else {
            continue;
        };
        text.push_str(prose);
        let uses = code.as_ref().map(|code| used(&code.text, &own));
        for one in uses.into_iter().flatten() {
            let is_new = known.insert(one.concept.clone());
            let is_taught = lesson.head.teaches.contains(&one.concept);
            if index < at || !is_new || !is_taught || is_named(&one.concept, &text) {
                continue;
            }
            if let Some(meaning) = summary(&one.concept) {
                let name = one.concept.trim_end_matches(':');
                lines.push(format!("- `{name}`: {meaning}"));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::lesson::Library;

    #[test]
    fn a_step_explains_what_the_text_does_not_name() {
        let library = Library::built_in().unwrap();
        let lesson = library.find("1").unwrap();
        let all: Vec<Vec<String>> = (0..lesson.steps.len())
            .map(|at| new_words(lesson, at))
            .collect();
        let of = |name: &str| {
            let steps = all.iter().enumerate();
            let with = steps.filter(|(_, lines)| lines.iter().any(|line| line.contains(name)));
            with.map(|(at, _)| at).collect::<Vec<_>>()
        };
        assert_eq!(of("- `timed`: ").len(), 1, "{all:?}");
        assert_eq!(of("- `retry`"), [0_usize; 0], "the text explains it");
        assert_eq!(of("- `drop`"), [0_usize; 0], "an earlier lesson teaches it");
    }
}
