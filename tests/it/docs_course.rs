use std::fmt::Write;
use std::fs;
use std::path::Path;

use seaworthy::authoring::check::{library, readability};
use seaworthy::course::exercise::Course;

const INTRODUCTION: &str = "\
# The course in numbers

A test writes these tables from the scripts: `UPDATE_DOCS=1 cargo test --test it docs_course`. `seaworthy course check` has the rules that they follow.
";

/// The page with the tables of the built-in course.
fn page() -> String {
    let course = Course::built_in().unwrap();
    let library = library(&course).unwrap().unwrap();
    let measured = readability(&course, Some(&library)).unwrap();
    let mut text = format!(
        "{INTRODUCTION}\n## Time\n\nMinutes for a lesson: 150 words of text or 15 lines of code in a minute, and half a minute for each question. `seaworthy lesson` shows your own time after the first pass.\n\n| lesson | minutes | steps | predictions | questions | exercises |\n|---|---:|---:|---:|---:|---|\n"
    );
    for lesson in library.lessons() {
        let exercises: Vec<String> = course
            .exercises()
            .iter()
            .filter(|one| one.practises(lesson))
            .filter_map(|one| one.label())
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            lesson.title,
            lesson.minutes,
            lesson.steps.len(),
            lesson.predictions().count(),
            lesson.questions(),
            exercises.join(", ")
        );
    }
    text.push_str("\n## Readability\n\nThe bounds are 17 words for a sentence on average, 5 % unusual words, and 120 words for a story. Code does not count.\n\n| script | words | words a sentence | unusual words | story |\n|---|---:|---:|---:|---:|\n");
    for one in &measured {
        let story = one.story.map_or(String::new(), |story| story.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} | {:.1} % | {story} |",
            one.file, one.words, one.mean, one.unknown
        );
    }
    text.push_str("\n## Concepts\n\nWhat each script teaches. An exercise uses only what stands above it, and what its own row has.\n\n| script | teaches |\n|---|---|\n");
    let exercises = course.exercises().iter();
    let exercises: Vec<_> = exercises.map(|one| (&one.name, &one.head)).collect();
    let lessons = library.lessons().iter().map(|one| (&one.name, &one.head));
    for (name, head) in lessons.chain(exercises) {
        if head.teaches.is_empty() {
            continue;
        }
        let names: Vec<String> = head
            .teaches
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let _ = writeln!(text, "| {name} | {} |", names.join(", "));
    }
    text
}

#[test]
fn the_page_of_the_course_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/course.md");
    let page = page();
    assert!(page.lines().count() > 50, "{page}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        kept, page,
        "run `UPDATE_DOCS=1 cargo test --test it docs_course`"
    );
}
