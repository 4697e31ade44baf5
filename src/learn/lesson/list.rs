use std::fmt::Write;

use crate::course::lesson::{Lesson, LessonPlace, LessonProgress, Library};
use crate::error::ExitCode;
use crate::render::{self, Target, View};

/// Writes one line per lesson: its title, its duration, and the learner's progress.
pub fn list(
    library: &Library,
    progress: &LessonProgress,
    view: View,
    out: &mut dyn std::io::Write,
) -> ExitCode {
    let lessons = library.lessons();
    let longest = lessons
        .iter()
        .map(|lesson| lesson.title.chars().count())
        .max();
    let longest = longest.unwrap_or(0);
    let mut text = String::new();
    for lesson in lessons {
        let title = format!("{:longest$}", lesson.title);
        let place = progress.place(&lesson.name);
        let minutes = minutes(lesson, &place);
        let far = how_far(lesson, &place);
        let bold = anstyle::Style::new().bold();
        let row = format!("{bold}{title}{bold:#}  {minutes:>2} min");
        // On a narrow screen, the progress has a line of its own.
        let is_wide = longest + 10 + far.chars().count() <= view.width;
        let _ = match is_wide || view.target == Target::Pipe {
            true => writeln!(text, "{row}  {far}"),
            false => writeln!(text, "{row}\n    {far}"),
        };
    }
    let total: u64 = lessons
        .iter()
        .map(|lesson| minutes(lesson, &progress.place(&lesson.name)))
        .sum();
    let first = lessons.first().and_then(Lesson::label);
    let first = first.unwrap_or_else(|| "NAME".to_owned());
    let words = format!(
        "{total} minutes in total. `seaworthy lesson {first}` plays the first one, `:lesson {first}` does at the prompt. A name or its beginning works too."
    );
    let width = match view.target {
        Target::Terminal => view.width,
        Target::Pipe => usize::MAX,
    };
    let _ = write!(text, "\n{}", render::prose_without_colours(&words, width));
    let text = view.for_output(&text);
    // A closed pager is not an error.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::DONE
}

/// Returns the minutes that the learner needed the last time, or else the expected ones.
fn minutes(lesson: &Lesson, place: &LessonPlace) -> u64 {
    place.took_minutes.unwrap_or_else(|| lesson.minutes.into())
}

fn how_far(lesson: &Lesson, place: &LessonPlace) -> String {
    let of = lesson.steps.len();
    let mut words = match (place.done, place.next) {
        (true, 0) => "done".to_owned(),
        (false, 0) => return "new".to_owned(),
        (true, next) => format!("done; replaying, step {} of {of}", (next + 1).min(of)),
        (false, next) => format!("step {} of {of}", (next + 1).min(of)),
    };
    let questions = lesson.questions();
    if place.done && questions > 0 {
        let _ = write!(
            words,
            ", {} of {questions} right at the first try",
            place.right.len()
        );
    }
    words
}
