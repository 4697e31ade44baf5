//! `seaworthy review` and `seaworthy progress`.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer as printer_for;
use super::{signals, usage};
use crate::course::exercise::{Course, ExerciseProgress};
use crate::course::lesson::{LessonProgress, Library, Review};
use crate::error::{ExitCode, Result};
use crate::learn::CourseScreen;
use crate::learn::lesson::{Input, review};
use crate::mongo::Interrupt;
use crate::render::{Format, View};
use crate::server::Folders;

/// Everything that is kept about the learner of the built-in course.
struct Learned {
    library: Library,
    lessons: LessonProgress,
    review: Review,
    course: Course,
    exercises: ExerciseProgress,
}

/// Asks questions that are due.
pub(super) fn run(settings: &Settings, view: View, mut streams: Streams) -> ExitCode {
    let learned = match open(settings) {
        Ok(learned) => learned,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let is_terminal = streams.input_is_terminal && streams.out_is_terminal;
    let typed = std::mem::replace(&mut streams.input, Box::new(std::io::empty()));
    let printer = printer_for(view, streams);
    let interrupt = Interrupt::new(None);
    signals::watch(&interrupt);
    let mut input = match is_terminal {
        true => Input::terminal(&interrupt),
        false => Input::lines(typed),
    };
    let page = CourseScreen::new(printer.clone(), view);
    // A closed output is not an error.
    let code = review(
        &learned.library,
        &learned.lessons,
        &learned.review,
        today(),
        &page,
        &mut input,
    )
    .unwrap_or(ExitCode::DONE);
    view.close(&printer, false, code)
}

/// Writes the progress in lessons, exercises and the review.
pub(super) fn progress(settings: &Settings, view: View, mut streams: Streams) -> ExitCode {
    let learned = match open(settings) {
        Ok(learned) => learned,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let text = match view.format {
        Format::Json => format!("{}\n", as_json(&learned)),
        Format::Text => as_text(&learned),
    };
    // A closed pager is not an error.
    let _ = streams.out.write_all(text.as_bytes());
    let _ = streams.out.flush();
    ExitCode::DONE
}

fn open(settings: &Settings) -> Result<Learned> {
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned))?;
    folders.move_old_progress();
    let folder = folders.progress();
    let course = Course::built_in()?;
    Ok(Learned {
        library: Library::built_in()?,
        lessons: LessonProgress::in_folder(&folder),
        review: Review::in_folder(&folder),
        exercises: ExerciseProgress::of(&course.id(), &folder),
        course,
    })
}

/// Returns today, in days from 1970-01-01.
fn today() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() / 86_400)
}

fn as_text(learned: &Learned) -> String {
    let lessons = learned.library.lessons();
    let done = lessons
        .iter()
        .filter(|one| learned.lessons.place(&one.name).done);
    let (mut right, mut of) = (0, 0);
    for lesson in lessons {
        let place = learned.lessons.place(&lesson.name);
        if place.done {
            right += place.right.len();
            of += lesson.questions();
        }
    }
    let solved = learned.course.exercises().iter();
    let solved = solved.filter(|one| learned.exercises.standing(&one.name).solved);
    let right = match of {
        0 => "no questions yet".to_owned(),
        _ => format!("{right} of {of} questions"),
    };
    format!(
        "lessons finished:          {} of {}\nright at the first try:    {right}\nexercises solved:          {} of {}\nquestions due for review:  {}\n",
        done.count(),
        lessons.len(),
        solved.count(),
        learned.course.exercises().len(),
        learned
            .review
            .due(&learned.library, &learned.lessons, today())
            .len(),
    )
}

fn as_json(learned: &Learned) -> serde_json::Value {
    let lessons = learned.library.lessons().iter().map(|lesson| {
        let place = learned.lessons.place(&lesson.name);
        json!({
            "lesson": lesson.name,
            "done": place.done,
            "next_step": place.next + 1,
            "steps": lesson.steps.len(),
            "questions": lesson.questions(),
            "right_at_first_try": place.right.len(),
            "minutes": place.took_minutes,
        })
    });
    let exercises = learned.course.exercises().iter().map(|exercise| {
        let standing = learned.exercises.standing(&exercise.name);
        json!({
            "exercise": exercise.name,
            "solved": standing.solved,
            "hints_seen": standing.hints,
        })
    });
    json!({
        "lessons": lessons.collect::<Vec<_>>(),
        "exercises": exercises.collect::<Vec<_>>(),
        "due": learned.review.due(&learned.library, &learned.lessons, today()).len(),
    })
}
