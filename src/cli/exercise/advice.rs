//! Hints, solutions, and beginning anew.

use std::fmt::Write;

use super::bench::Bench;
use super::verdict;
use crate::course::exercise::{Desk, Standing};
use crate::error::{Error, ExitCode, Result};
use crate::render;

/// Shows the hints seen so far and one more.
///
/// # Errors
/// `InvalidArgument` where the exercise has none.
pub fn hint(bench: &mut Bench, at: usize) -> Result<ExitCode> {
    let exercise = bench.exercise(at);
    let (name, count) = (exercise.name.clone(), exercise.hints.len());
    if count == 0 {
        return Err(Error::invalid_argument(format!("`{name}` has no hints")));
    }
    let seen = bench.progress.standing(&name).hints;
    let now = (seen + 1).min(count);
    bench.keep(|kept| {
        let standing = kept.exercises.entry(name.clone()).or_default();
        standing.hints = standing.hints.max(now);
        kept.current = Some(name.clone());
    });
    let mut text = hints(bench, at, now);
    let left = count - now;
    let more = match left {
        0 if seen >= count => format!(
            "That is all there is to hint. `{}` shows the solution.",
            bench.commands.exercise("solution --anyway")
        ),
        0 => "That was the last hint.".to_owned(),
        1 => "There is one more.".to_owned(),
        left => format!("There are {left} more."),
    };
    let _ = writeln!(text, "{}", verdict::quiet(&more));
    let _ = bench.page.write(&text);
    Ok(ExitCode::DONE)
}

/// The first `count` hints of an exercise.
pub fn hints(bench: &Bench, at: usize, count: usize) -> String {
    let exercise = bench.exercise(at);
    let mut text = String::new();
    for (index, hint) in exercise.hints.iter().take(count).enumerate() {
        let numbered = format!("**Hint {} of {}.** {hint}", index + 1, exercise.hints.len());
        let _ = writeln!(text, "{}", render::prose(&numbered, bench.page.width()));
    }
    text
}

/// Shows the course's solution, to whoever has solved the exercise or insists.
///
/// # Errors
/// `InvalidArgument` where it cannot be read, or there is none.
pub fn solution(bench: &mut Bench, at: usize, anyway: bool) -> Result<ExitCode> {
    let exercise = bench.exercise(at);
    if !bench.is_solved(at) && !anyway {
        let again = bench.about(at, "solution --anyway");
        let words = format!(
            "`{}` is not solved yet: a solution is worth more afterwards.\n`{}` helps, and `{again}` insists.\n",
            exercise.title,
            bench.about(at, "hint"),
        );
        let _ = bench.page.write(&words);
        return Ok(ExitCode::THREW);
    }
    let Some(solution) = bench.course.solution(exercise)? else {
        return Err(Error::invalid_argument(format!(
            "the course has no solution of `{}`",
            exercise.name
        )));
    };
    let _ = bench
        .page
        .write(&solution_text(solution.text(), bench.page.width()));
    Ok(ExitCode::DONE)
}

/// A solution's words and code, without the signs of its format.
fn solution_text(text: &str, width: usize) -> String {
    use crate::script::percent::{CellKind, cells};
    let mut out = String::new();
    for cell in cells(text) {
        match cell.kind {
            CellKind::Markdown => {
                let _ = writeln!(out, "{}", render::prose(&cell.prose(), width));
            }
            CellKind::Code => {
                // What is there for those who check the course is nothing to learn from.
                let lines = cell.body.trim().lines();
                let lines: Vec<&str> = lines
                    .filter(|line| !line.trim_start().starts_with("// mutation:"))
                    .map(|line| line.split("// any:").next().unwrap_or(line).trim_end())
                    .collect();
                let _ = writeln!(out, "{}\n", render::highlight(&lines.join("\n")));
            }
        }
    }
    out
}

/// Begins anew, and says where the old text is.
///
/// # Errors
/// `InvalidArgument` where a file cannot be moved or written.
pub fn reset(bench: &mut Bench, desk: &Desk, at: usize) -> Result<ExitCode> {
    let words = start_over(bench, desk, at)?;
    let _ = bench.page.write(&format!("{words}\n"));
    Ok(ExitCode::DONE)
}

/// Puts the learner's file aside and copies the exercise anew; what happened, in words.
///
/// # Errors
/// `InvalidArgument` where a file cannot be moved or written.
pub fn start_over(bench: &mut Bench, desk: &Desk, at: usize) -> Result<String> {
    let exercise = bench.exercise(at);
    let name = exercise.name.clone();
    let file = desk.file(exercise);
    let backup = desk.reset(exercise)?;
    bench.keep(|kept| {
        kept.exercises.insert(name.clone(), Standing::default());
        kept.current = Some(name.clone());
    });
    // The names stand alone in their lines: they are long, and wanted for copying.
    Ok(match backup {
        Some(backup) => format!("Begun anew. What you wrote is in\n{}", backup.display()),
        None => format!("Begun anew:\n{}", file.display()),
    })
}

/// There is nothing to go on to.
pub fn all_solved(bench: &Bench) -> ExitCode {
    let (solved, count) = (bench.solved(), bench.course.exercises().len());
    let words = if solved == count {
        format!("All {count} exercises are solved.\n")
    } else {
        format!(
            "Every other exercise is solved: this one is the last. `{}` runs it.\n",
            bench.commands.exercise("")
        )
    };
    let _ = bench.page.write(&words);
    ExitCode::DONE
}
