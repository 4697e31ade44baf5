//! What a learner does after a lesson of the built-in course.

use crate::course::exercise::{Course, Exercise};
use crate::course::lesson::{Lesson, Library};

/// Returns the exercises of this lesson and the next lesson, with their commands.
pub fn what_next(lesson: &Lesson, library: &Library, course: &Course) -> String {
    let labels: Vec<String> = course
        .exercises()
        .iter()
        .filter(|exercise| exercise.practises(lesson))
        .filter_map(Exercise::label)
        .collect();
    let following = library
        .lessons()
        .iter()
        .skip_while(|other| other.name <= lesson.name)
        .find_map(Lesson::label);
    let practise = match labels.as_slice() {
        [] => None,
        [only] => Some(format!("exercise {only} (`seaworthy exercise {only}`)")),
        [first, last] => Some(format!(
            "exercises {first} and {last} (`seaworthy exercise {first}`)"
        )),
        [first, .., last] => Some(format!(
            "exercises {first} to {last} (`seaworthy exercise {first}`)"
        )),
    };
    let go_on = following.map(|label| format!("lesson {label} (`seaworthy lesson {label}`)"));
    match (practise, go_on) {
        (Some(practise), Some(go_on)) => format!("Next: {practise}, then {go_on}."),
        (Some(next), None) | (None, Some(next)) => format!("Next: {next}."),
        (None, None) => "`seaworthy exercises` lists exercises to practise.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lesson_names_its_exercises_and_the_next_lesson() {
        let (library, course) = (Library::built_in().unwrap(), Course::built_in().unwrap());
        let next = |name: &str| what_next(library.find(name).unwrap(), &library, &course);
        assert_eq!(
            next("1"),
            "Next: exercise 1 (`seaworthy exercise 1`), then lesson 2 (`seaworthy lesson 2`)."
        );
        assert_eq!(
            next("5"),
            "Next: exercises 10 and 11 (`seaworthy exercise 10`), then lesson 6 (`seaworthy lesson 6`)."
        );
        assert_eq!(
            next("4"),
            "Next: exercises 7 to 9 (`seaworthy exercise 7`), then lesson 5 (`seaworthy lesson 5`)."
        );
        for lesson in library.lessons() {
            assert!(next(&lesson.name).contains("exercise"), "{}", lesson.name);
        }
    }
}
