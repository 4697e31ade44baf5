//! Questions. Every answer, right or wrong, is explained.

use std::io;

use super::input::{Input, LessonCommand, meaning};
use crate::course::lesson::Question;
use crate::learn::course_screen::CourseScreen;

/// The result of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum QuestionResult {
    /// The answer is right. `at_once`: at the first try.
    Right { at_once: bool },
    /// The learner typed a command instead.
    Command(LessonCommand),
}

/// Asks until the answer is right, or the learner types a command.
pub(super) fn ask(
    question: &Question,
    page: &CourseScreen,
    input: &mut Input,
) -> io::Result<QuestionResult> {
    show(question, page)?;
    if input.is_unattended() {
        for choice in &question.choices {
            page.verdict(choice.is_right, &format!("{}: {}", choice.text, choice.why))?;
        }
        page.write("\n")?;
        return Ok(QuestionResult::Command(LessonCommand::Continue));
    }
    let mut at_once = true;
    loop {
        let prompt = "answer (? help) > ";
        if !input.is_terminal() {
            page.write(prompt)?;
        }
        let line = input.line(prompt);
        if !input.is_terminal() {
            page.write("\n")?;
        }
        let Some(line) = line else {
            return Ok(QuestionResult::Command(LessonCommand::Quit));
        };
        let Some(chosen) = numbers(&line, question.choices.len()) else {
            match meaning(&line) {
                LessonCommand::Continue | LessonCommand::Other(_) => {
                    let most = question.choices.len();
                    page.remark(&format!(
                        "Type numbers from 1 to {most}, or s to skip, b to go back, q to quit."
                    ))?;
                    continue;
                }
                command => return Ok(QuestionResult::Command(command)),
            }
        };
        let is_right = question.is_answered_by(&chosen);
        for number in &chosen {
            if let Some(choice) = question.choices.get(number - 1) {
                page.verdict(choice.is_right, &format!("{number}. {}", choice.why))?;
            }
        }
        if is_right {
            for (index, choice) in question.choices.iter().enumerate() {
                if !choice.is_right {
                    page.line(&format!("Why not {}: {}", index + 1, choice.why))?;
                }
            }
            page.write("\n")?;
            return Ok(QuestionResult::Right { at_once });
        }
        at_once = false;
        let all_right = chosen.iter().all(|number| {
            let choice = question.choices.get(number - 1);
            choice.is_some_and(|choice| choice.is_right)
        });
        page.remark(if all_right {
            "More choices are right. Try again:"
        } else {
            "Try again:"
        })?;
    }
}

fn show(question: &Question, page: &CourseScreen) -> io::Result<()> {
    let how_many = match question.right_choices() {
        1 => "One answer is right.".to_owned(),
        count => format!("{count} answers are right: type their numbers, such as `1 2`."),
    };
    let mut text = format!("**Check your understanding.** {}\n\n", question.text);
    for (index, choice) in question.choices.iter().enumerate() {
        text.push_str(&format!("{}. {}\n", index + 1, choice.text));
    }
    text.push_str(&format!("\n*{how_many}*\n"));
    page.prose(&text)
}

/// Parses `1 3`, `1,3` or `13` as numbers from 1 to `most`.
fn numbers(line: &str, most: usize) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for letter in line.chars() {
        if matches!(letter, ' ' | ',' | '.' | '+') {
            continue;
        }
        let number = usize::try_from(letter.to_digit(10)?).ok()?;
        if number < 1 || number > most {
            return None;
        }
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn answers_are_parsed_with_any_separator() {
        assert_eq!(numbers("1, 3", 4), Some(vec![1, 3]));
        assert_eq!(numbers("31", 4), Some(vec![3, 1]));
        assert_eq!(numbers("5", 4), None);
        assert_eq!(numbers("", 4), None);
        assert_eq!(numbers("s", 4), None);
    }
}
