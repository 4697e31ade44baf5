use maud::html;

use super::layout;
use crate::course::lesson::Lesson;
use crate::error::visible;

/// Returns the page that lists the pages of all lessons. `exercises` is the page of the exercises, if there are some.
pub fn index_page(lessons: &[(&Lesson, String)], exercises: Option<&str>) -> String {
    let minutes: u32 = lessons.iter().map(|(lesson, _)| lesson.minutes).sum();
    let body = html! {
        header {
            h1 { "Course" }
            p.note { (lessons.len()) " lessons, about " (minutes) " minutes. Made with seaworthy." }
        }
        main id="main" {
            ul.pages {
                @for (lesson, file) in lessons {
                    li {
                        a href=(file) { (visible(&lesson.title)) }
                        " " span.note { (lesson.minutes) " min" }
                    }
                }
                @if let Some(file) = exercises { li { a href=(file) { "Exercises" } } }
            }
        }
    };
    layout::page("Course", &body)
}
