use std::fmt::Write;

use crate::course::lesson::{Lesson, LessonPlace, LessonProgress, Library};
use crate::error::ExitCode;
use crate::render::View;

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
        let time = lesson
            .minutes
            .map_or(String::new(), |minutes| format!("{minutes} min"));
        let far = how_far(lesson, &progress.place(&lesson.name));
        let bold = anstyle::Style::new().bold();
        let _ = writeln!(text, "{bold}{title}{bold:#}  {time:>6}  {far}");
    }
    let minutes: u32 = lessons.iter().filter_map(|lesson| lesson.minutes).sum();
    let _ = writeln!(
        text,
        "\n{minutes} minutes in total. `seaworthy lesson 1` plays the first one; you can also give a name or its beginning."
    );
    let text = view.for_output(&text);
    // A closed pager is not an error.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::DONE
}

fn how_far(lesson: &Lesson, place: &LessonPlace) -> String {
    let of = lesson.steps.len();
    let mut words = match (place.done, place.next) {
        (true, 0) => "done".to_owned(),
        (false, 0) => return "new".to_owned(),
        (true, next) => format!("done; again at step {} of {of}", (next + 1).min(of)),
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
