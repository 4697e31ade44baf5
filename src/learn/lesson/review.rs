//! `seaworthy review`: questions from finished lessons.

use std::io;

use super::ask::{QuestionResult, ask};
use super::input::{Input, LessonCommand};
use crate::course::lesson::{LessonProgress, Library, Review};
use crate::diagnose::explain_usage;
use crate::error::ExitCode;
use crate::learn::course_screen::CourseScreen;

/// The number of questions in one review.
const QUESTIONS: usize = 5;

/// Asks up to five questions that are due today.
///
/// # Errors
/// If the output is closed.
pub fn review(
    library: &Library,
    progress: &LessonProgress,
    plan: &Review,
    today: u64,
    page: &CourseScreen,
    input: &mut Input,
) -> io::Result<ExitCode> {
    let due = plan.due(library, progress, today);
    if due.is_empty() {
        page.line("There are no questions for today. They come from the lessons that you have finished, and return after 1, 2, 4, 8 days and so on.")?;
        return Ok(ExitCode::DONE);
    }
    let count = due.len().min(QUESTIONS);
    let mut right = 0;
    for (index, one) in due.iter().take(QUESTIONS).enumerate() {
        page.rule(&format!("{} · {} of {count}", one.lesson, index + 1))?;
        let answer = ask(one.question, page, input)?;
        let is_right = match answer {
            QuestionResult::Right { at_once } => at_once,
            QuestionResult::Command(LessonCommand::Quit) => {
                page.remark("`seaworthy review` continues here.")?;
                return Ok(ExitCode::DONE);
            }
            _ => continue,
        };
        right += usize::from(is_right);
        if let Err(error) = plan.answered(one, is_right, today) {
            page.report(&explain_usage(&error));
        }
    }
    let left = due.len() - count;
    page.remark(&format!(
        "{right} of {count} right at the first try; {left} more are due today."
    ))?;
    Ok(ExitCode::DONE)
}
