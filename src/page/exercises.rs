use std::collections::HashSet;

use maud::html;

use super::layout;
use crate::course::exercise::Course;
use crate::error::visible;
use crate::render::html as markup;

/// Returns the page with the stories of all exercises. `index` is the page that lists all pages.
pub fn exercises_page(
    course: &Course,
    image: &dyn Fn(&str) -> Option<String>,
    index: &str,
) -> String {
    let mut ids = HashSet::from(["main".to_owned()]);
    let body = html! {
        header {
            nav { a href=(index) { "All pages" } }
            h1 { "Exercises" }
            p.note { "Work on one with " code { "seaworthy exercise NUMBER" } "." }
        }
        main id="main" {
            @for (lecture, exercises) in course.lectures() {
                h2 { (visible(lecture)) }
                @for exercise in exercises {
                    section.story {
                        h3 { (visible(&exercise.title)) }
                        (markup::prose(&exercise.story, image, &mut ids).0)
                    }
                }
            }
        }
    };
    layout::page("Exercises", &body)
}
