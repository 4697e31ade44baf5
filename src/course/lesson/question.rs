use crate::error::{Error, Result};
use crate::script::percent::Cell;

/// The number of choices that a question may have.
pub const MAX_CHOICES: usize = 9;

/// A multiple-choice question with one or more right choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Markdown.
    pub text: String,
    pub choices: Vec<Choice>,
    /// For a prediction, the expression whose value after the next step is the right choice.
    pub value: Option<String>,
}

/// One choice, with the explanation why it is right or wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub is_right: bool,
    pub text: String,
    pub why: String,
}

impl Question {
    /// Reads a cell: the question, then a task list with a quoted explanation for each item.
    ///
    /// Ticked items are right.
    ///
    /// # Errors
    /// `InvalidArgument` if there are not 2 to 9 choices, none is right, or one has no explanation.
    pub fn read(cell: &Cell) -> Result<Self> {
        let mut question = Self {
            value: cell.attribute("value").map(str::to_owned),
            ..Self::default()
        };
        let is_prediction = cell.word() == Some("predict");
        for line in cell.prose().lines() {
            let line = line.trim();
            if let Some((is_right, text)) = choice(line) {
                question.choices.push(Choice {
                    is_right,
                    text: text.to_owned(),
                    why: String::new(),
                });
                continue;
            }
            match question.choices.last_mut() {
                None => add(&mut question.text, line, '\n'),
                Some(choice) => match line.strip_prefix('>') {
                    Some(why) => add(&mut choice.why, why.trim(), ' '),
                    None => add(&mut choice.text, line, ' '),
                },
            }
        }
        question.text = question.text.trim().to_owned();
        question.checked(is_prediction)
    }

    fn checked(self, is_prediction: bool) -> Result<Self> {
        let wrong = if is_prediction && self.value.is_none() {
            "a prediction names no value"
        } else if is_prediction && self.choices.iter().any(|choice| choice.code().is_none()) {
            "a choice of the prediction does not begin with a value in back quotes"
        } else if is_prediction && self.right_choices() > 1 {
            "more than one choice of the prediction is right"
        } else if self.choices.len() < 2 {
            "a question needs two choices or more"
        } else if self.choices.len() > MAX_CHOICES {
            "a question has nine choices at most"
        } else if !self.choices.iter().any(|choice| choice.is_right) {
            "no choice of the question is right"
        } else if self.choices.iter().any(|choice| choice.why.is_empty()) {
            "a choice of the question has no explanation"
        } else {
            return Ok(self);
        };
        if is_prediction {
            return Err(Error::invalid_argument(wrong).hint(
                "write `predict value=\"stock.len()\"`, `- [x] `3``, and below each choice `  > why`",
            ));
        }
        Err(Error::invalid_argument(wrong)
            .hint("write `- [x] right` and `- [ ] wrong`, and below each `  > why`"))
    }

    /// Returns whether `chosen` (numbers from 1) are exactly the right choices.
    pub fn is_answered_by(&self, chosen: &[usize]) -> bool {
        let is_chosen = |index: usize| chosen.contains(&(index + 1));
        let mut choices = self.choices.iter().enumerate();
        choices.all(|(index, choice)| choice.is_right == is_chosen(index))
    }

    pub fn right_choices(&self) -> usize {
        self.choices.iter().filter(|choice| choice.is_right).count()
    }
}

impl Choice {
    /// Returns the value in back quotes at the start of the choice.
    pub fn code(&self) -> Option<&str> {
        Some(self.text.strip_prefix('`')?.split_once('`')?.0)
    }
}

fn choice(line: &str) -> Option<(bool, &str)> {
    let rest = line.strip_prefix("- [").or(line.strip_prefix("* ["))?;
    let (mark, text) = rest.split_once(']')?;
    match mark {
        "x" | "X" => Some((true, text.trim())),
        " " => Some((false, text.trim())),
        _ => None,
    }
}

fn add(text: &mut String, line: &str, glue: char) {
    if !text.is_empty() && !line.is_empty() || glue == '\n' {
        text.push(glue);
    }
    text.push_str(line);
}
