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
    /// The learner expects the choice with this index.
    Expected(usize),
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
    if let (Some(right), true) = (right_prediction(question), input.is_unattended()) {
        return Ok(QuestionResult::Expected(right));
    }
    if input.is_unattended() {
        for choice in &question.choices {
            let text = choice.text.trim_end_matches(['.', ':']);
            page.verdict(choice.is_right, &format!("{text}: {}", choice.why))?;
        }
        page.write("\n")?;
        return Ok(QuestionResult::Command(LessonCommand::Continue));
    }
    let mut at_once = true;
    loop {
        page.write("answer (? help) > ")?;
        let echo = |text: &str| {
            let _ = page.write(text).and_then(|()| page.flush());
        };
        echo("");
        let line = input.answer(&echo);
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
        if question.value.is_some() {
            let [number] = chosen.as_slice() else {
                page.remark("Type one number.")?;
                continue;
            };
            page.write("\n")?;
            return Ok(QuestionResult::Expected(number - 1));
        }
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

/// Returns the index of the right choice of a prediction.
fn right_prediction(question: &Question) -> Option<usize> {
    question.value.as_ref()?;
    question.choices.iter().position(|choice| choice.is_right)
}

/// Shows what the learner expected, after the run has shown what happens.
pub(super) fn compare(
    question: &Question,
    expected: usize,
    page: &CourseScreen,
    input: &Input,
) -> io::Result<()> {
    let Some(choice) = question.choices.get(expected) else {
        return Ok(());
    };
    let (text, why) = (&choice.text, &choice.why);
    if input.is_unattended() {
        page.verdict(true, &format!("{text}: {why}"))?;
    } else {
        page.verdict(choice.is_right, &format!("You expected {text}. {why}"))?;
    }
    if let Some(right) = right_prediction(question).filter(|right| *right != expected) {
        page.line(&format!("It is {}.", question.choices[right].text))?;
    }
    page.write("\n")
}

fn show(question: &Question, page: &CourseScreen) -> io::Result<()> {
    let how_many = match question.right_choices() {
        1 => "One answer is right.".to_owned(),
        count => format!("{count} answers are right: type their numbers, such as `1 2`."),
    };
    let heading = match question.value {
        Some(_) => "What do you expect?",
        None => "Check your understanding.",
    };
    let mut text = format!("**{heading}** {}\n\n", question.text);
    for (index, choice) in question.choices.iter().enumerate() {
        text.push_str(&format!("{}. {}\n", index + 1, choice.text));
    }
    if question.value.is_none() {
        text.push_str(&format!("\n*{how_many}*\n"));
    }
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
