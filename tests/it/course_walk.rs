//! A learner walks through the whole course at a terminal, and types only what the screen has
//! shown.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use seaworthy::authoring::check::library;
use seaworthy::course::concepts::used;
use seaworthy::course::exercise::{Course, Exercise};
use seaworthy::course::lesson::{Lesson, Step};
use seaworthy::script::percent::{CellKind, cells};

use crate::support::{Learner, Terminal};

/// The longest time for one step; the machine may be busy.
const STEP: Duration = Duration::from_secs(180);

/// A learner, and everything that they have seen.
struct Walker {
    learner: Learner,
    seen: String,
}

#[test]
fn a_learner_types_only_what_the_screen_has_shown() {
    let course = Course::built_in().unwrap();
    let library = library(&course).unwrap().unwrap();
    let mut walker = Walker {
        learner: Learner::new(),
        seen: String::new(),
    };
    for lesson in library.lessons() {
        walker.play(lesson);
        for exercise in course.exercises() {
            if exercise.practises(lesson) {
                walker.solve(&course, exercise);
            }
        }
    }
    let mut terminal = walker.start(&["progress"]);
    terminal.end();
    for line in [
        "lessons finished:          9 of 9",
        "exercises solved:          20 of 20",
    ] {
        terminal_shows(&terminal, line, |screen| screen.contains(line));
    }
}

impl Walker {
    fn start(&self, args: &[&str]) -> Terminal {
        self.learner.program(args)
    }

    /// Keeps what the terminal has shown.
    fn saw(&mut self, terminal: &Terminal) {
        let written = anstream::adapter::strip_str(&terminal.written()).to_string();
        self.seen.push_str(&written);
    }

    /// Goes through a lesson with Enter and the numbers of the right answers.
    fn play(&mut self, lesson: &Lesson) {
        let label = lesson.label().unwrap();
        let mut terminal = self.start(&["lesson", &label]);
        let end = format!("That was “{}”", lesson.title);
        for (at, step) in lesson.steps.iter().enumerate() {
            let rule = format!("step {} of {}", at + 1, lesson.steps.len());
            terminal_shows(&terminal, &rule, |screen| after(screen, &rule).is_some());
            match step {
                Step::Question(question) => {
                    shows_after(&terminal, &rule, "answer (? help) >");
                    let right = question.choices.iter().enumerate();
                    let right = right.filter(|(_, choice)| choice.is_right);
                    let numbers: String = right.map(|(at, _)| (at + 1).to_string()).collect();
                    terminal.keys(&format!("{numbers}\r"));
                }
                Step::Part { code, .. } => {
                    if code.is_some() {
                        shows_after(&terminal, &rule, "Enter run");
                        terminal.keys("\r");
                    }
                    shows_after(&terminal, &rule, "Enter next");
                    terminal.keys("\r");
                }
            }
        }
        terminal_shows(&terminal, &end, |screen| screen.contains(&end));
        assert_eq!(terminal.end(), 0, "{}", terminal.screen());
        let count = lesson.questions();
        let answered = format!("{count} of {count} questions answered right at the first try.");
        terminal_shows(&terminal, &answered, |screen| {
            let words: Vec<_> = screen.split_whitespace().collect();
            words.join(" ").contains(&answered)
        });
        assert!(!terminal.screen().contains("✗"), "{}", terminal.screen());
        self.saw(&terminal);
    }

    /// Runs an exercise as shipped, asks for its hints, and writes the solution into the copy.
    fn solve(&mut self, course: &Course, exercise: &Exercise) {
        let label = exercise.label().unwrap();
        self.run(
            &["exercise", &label, "--dir", "ex"],
            u32::from(!exercise.passes_as_shipped),
        );
        for _ in &exercise.hints {
            self.run(&["exercise", "hint", &label], 0);
        }
        let solution = course.solution(exercise).unwrap().unwrap();
        let cells = cells(solution.text());
        let own: String = cells
            .iter()
            .filter(|cell| cell.kind == CellKind::Code)
            .map(|cell| cell.raw)
            .collect();
        for one in used(&own, &[]) {
            let name = one.concept.trim_end_matches(':');
            let name = name.rsplit("::").next().unwrap();
            let is_own = own.contains(&format!("fn {name}("));
            assert!(
                is_own || is_word_of_language(&one.concept) || self.seen.contains(name),
                "exercise {label}: `{name}` is typed, and no screen has shown it"
            );
        }
        let file = self.learner.file(&exercise.name);
        assert!(file.exists());
        fs::write(file, own).unwrap();
        let terminal = self.run(&["exercise", &label], 0);
        terminal_shows(&terminal, "✓ Solved", |screen| {
            screen.contains("✓ Solved")
        });
    }

    /// Runs a command that ends by itself, and keeps what it has shown.
    fn run(&mut self, args: &[&str], code: u32) -> Terminal {
        let mut terminal = self.start(args);
        let begun = Instant::now();
        while terminal.is_running() && begun.elapsed() < STEP {
            thread::sleep(Duration::from_millis(20));
        }
        let ended = terminal.end();
        assert_eq!(ended, code, "{args:?}\n{}", terminal.screen());
        // The last output may still be on its way to the screen.
        let mut before = String::new();
        terminal_shows(&terminal, "all output", |screen| {
            let is_whole = !screen.trim().is_empty() && before == screen;
            thread::sleep(Duration::from_millis(100));
            screen.clone_into(&mut before);
            is_whole
        });
        self.saw(&terminal);
        terminal
    }
}

/// Signs and words such as `let` are shown as code, not by the names of their pages.
fn is_word_of_language(concept: &str) -> bool {
    seaworthy::engine::language::page(concept).is_some()
}

/// Waits until `text` is on the screen below the last `rule`.
fn shows_after(terminal: &Terminal, rule: &str, text: &str) {
    terminal_shows(terminal, text, |screen| {
        after(screen, rule).is_some_and(|rest| rest.contains(text))
    });
}

fn after<'a>(screen: &'a str, rule: &str) -> Option<&'a str> {
    // `step 1 of 9` is not the end of `step 11 of 9`.
    let at = screen.rfind(&format!(" {rule}\n"))?;
    Some(&screen[at..])
}

fn terminal_shows(terminal: &Terminal, what: &str, mut holds: impl FnMut(&str) -> bool) {
    let begun = Instant::now();
    loop {
        let screen = format!("{}\n", terminal.screen());
        if holds(&screen) {
            return;
        }
        assert!(
            begun.elapsed() < STEP,
            "`{what}` is not on the screen:\n{screen}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}
