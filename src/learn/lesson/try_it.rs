//! "Try it yourself": a small prompt with the lesson's variables.

use std::io;

use super::input::Input;
use crate::api::run::session::Session;
use crate::diagnose::explain;
use crate::learn::course_screen::CourseScreen;
use crate::script::{LastValue, Source, Stepwise};

/// Reads, evaluates and prints until an empty line, `q` or the end of the input.
pub(super) fn try_it(
    stage: &mut Stepwise,
    session: &Session,
    page: &CourseScreen,
    input: &mut Input,
) -> io::Result<()> {
    page.remark(
        "Your turn: the lesson's variables are here. An empty line goes back to the lesson.",
    )?;
    while session.interrupt().stopped().is_none() {
        let Some(code) = read(stage, page, input)? else {
            break;
        };
        let source = Source::code("<try>", &code);
        let outcome = stage.step(&source, &code, 1, LastValue::Shown);
        if let Some(failure) = &outcome.failure {
            page.report(&explain(failure));
        }
        // `exit()` goes back to the lesson.
        if session.ending().is_some() {
            session.begin();
            break;
        }
    }
    page.write("\n")
}

/// Reads lines up to the end of a statement.
fn read(stage: &Stepwise, page: &CourseScreen, input: &mut Input) -> io::Result<Option<String>> {
    let mut code = String::new();
    loop {
        let prompt = if code.is_empty() { "try> " } else { "...> " };
        if !input.is_terminal() {
            page.write(prompt)?;
        }
        let line = input.line(prompt);
        if !input.is_terminal() {
            page.write("\n")?;
        }
        let Some(line) = line else {
            return Ok(None);
        };
        if code.is_empty() && matches!(line.trim(), "" | "q" | "quit" | "exit") {
            return Ok(None);
        }
        let is_forced = line.trim().is_empty();
        code.push_str(&line);
        code.push('\n');
        if is_forced || !stage.is_unfinished(&code) {
            return Ok(Some(code));
        }
    }
}
