use super::question::Question;
use crate::course::by_name;
use crate::course::concepts::Head;
use crate::error::{Error, Result};
use crate::script::Source;
use crate::script::percent::{Cell, CellKind, cells};

/// A lesson: a script in the percent format whose first cell is marked as one.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The file's name without its ending: `02_connection_pooling`.
    pub name: String,
    /// The first heading.
    pub title: String,
    /// The duration that the author states, or else an estimate.
    pub minutes: u32,
    /// What it teaches and needs.
    pub head: Head,
    pub steps: Vec<Step>,
    pub source: Source,
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Prose, and the code after it.
    Part {
        prose: String,
        code: Option<CodeCell>,
    },
    Question(Question),
}

/// A piece of the lesson's script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeCell {
    /// The text after the cell's `// %%`.
    pub title: String,
    pub text: String,
    /// The first line of `text` in the file, from 1.
    pub line: usize,
}

/// Returns whether a script is a lesson: its first cell is `// %% [markdown] lesson`.
///
/// ```
/// use seaworthy::course::lesson::is_lesson;
///
/// assert!(is_lesson("// %% [markdown] lesson minutes=\"5\"\n// # Pools\n"));
/// assert!(!is_lesson("// %% [markdown]\n// # Pools\n// %% lesson\n"));
/// ```
pub fn is_lesson(text: &str) -> bool {
    let cells = cells(text);
    // A modeline or a licence may come before the first marker.
    let first = cells.iter().find(|cell| cell.line > 1 || cell.has_marker());
    first.is_some_and(is_marked)
}

fn is_marked(cell: &Cell) -> bool {
    cell.word() == Some("lesson")
}

impl Lesson {
    /// Reads a lesson called `name`.
    ///
    /// # Errors
    /// `InvalidArgument`, with its place, if a question is invalid.
    pub fn read(name: &str, source: Source) -> Result<Self> {
        let text = source.text().to_string();
        let mut lesson = Self {
            name: name.to_owned(),
            title: name.to_owned(),
            minutes: 0,
            head: Head::default(),
            steps: Vec::new(),
            source,
        };
        let mut prose = String::new();
        let mut stated = None;
        for cell in cells(&text) {
            match cell.kind {
                CellKind::Markdown if is_question(&cell) => {
                    lesson.part(&mut prose, None);
                    let question = Question::read(&cell)
                        .map_err(|error| at_line(error, &lesson.source, cell.line))?;
                    lesson.steps.push(Step::Question(question));
                }
                CellKind::Markdown => {
                    let mut text = cell.prose();
                    if is_marked(&cell) {
                        let minutes = cell.attribute("minutes");
                        stated = minutes.and_then(|minutes| minutes.parse().ok());
                        let (head, rest) = Head::split(&text);
                        lesson.head = head;
                        text = rest.to_owned();
                    }
                    if !prose.is_empty() {
                        prose.push_str("\n\n");
                    }
                    prose.push_str(&text);
                }
                // A modeline or a licence before the first marker.
                CellKind::Code if !cell.has_marker() && is_comment(cell.body) => {}
                CellKind::Code => {
                    let code = code(&cell);
                    lesson.part(&mut prose, code);
                }
            }
        }
        lesson.part(&mut prose, None);
        lesson.minutes = stated.unwrap_or_else(|| lesson.estimated_minutes());
        let is_prediction =
            |step: &&Step| matches!(step, Step::Question(question) if question.value.is_some());
        if lesson.steps.iter().filter(is_prediction).count() > lesson.predictions().count() {
            let error = Error::invalid_argument("a prediction has no code after it");
            let error = error.hint("write the code cell directly below the prediction");
            let cells = cells(&text);
            let first = cells.iter().find(|cell| cell.word() == Some("predict"));
            let line = first.map_or(1, |cell| cell.line);
            return Err(at_line(error, &lesson.source, line));
        }
        if let Some(title) = lesson.steps.iter().find_map(heading) {
            lesson.title = title;
        }
        Ok(lesson)
    }

    fn part(&mut self, prose: &mut String, code: Option<CodeCell>) {
        let prose = std::mem::take(prose);
        if code.is_some() || !prose.trim().is_empty() {
            self.steps.push(Step::Part { prose, code });
        }
    }

    /// Returns the label at the start of the name: `2` for `02_connection_pooling`.
    pub fn label(&self) -> Option<String> {
        by_name::label(&self.name)
    }

    /// Returns how long a learner may need.
    ///
    /// People read about 150 words of an unknown text in a minute, and fifteen lines of code. A
    /// question takes half a minute.
    fn estimated_minutes(&self) -> u32 {
        let (mut words, mut lines) = (0, 0);
        for step in &self.steps {
            match step {
                Step::Part { prose, code } => {
                    words += prose.split_whitespace().count();
                    lines += code.as_ref().map_or(0, |code| code.text.lines().count());
                }
                Step::Question(question) => words += question.text.split_whitespace().count() + 75,
            }
        }
        let minutes = words / 150 + lines / 15 + 1;
        u32::try_from(minutes).unwrap_or(u32::MAX)
    }

    /// Returns the number of questions, without the predictions.
    pub fn questions(&self) -> usize {
        let is_question =
            |step: &&Step| matches!(step, Step::Question(question) if question.value.is_none());
        self.steps.iter().filter(is_question).count()
    }

    /// Returns the predictions, each with the code after it.
    pub fn predictions(&self) -> impl Iterator<Item = (&Question, &CodeCell)> {
        self.steps.windows(2).filter_map(|pair| match pair {
            [
                Step::Question(question),
                Step::Part {
                    code: Some(code), ..
                },
            ] if question.value.is_some() => Some((question, code)),
            _ => None,
        })
    }
}

fn is_question(cell: &Cell) -> bool {
    matches!(cell.word(), Some("question" | "predict"))
}

/// Returns a cell's code without the empty lines around it, or `None` if it is empty.
fn code(cell: &Cell) -> Option<CodeCell> {
    let text = cell.body.trim_end();
    let skipped = text
        .lines()
        .take_while(|line| line.trim().is_empty())
        .count();
    let lines: Vec<&str> = text.lines().skip(skipped).collect();
    let first = cell.line + usize::from(cell.has_marker()) + skipped;
    (!lines.is_empty()).then(|| CodeCell {
        title: cell.title.to_owned(),
        text: lines.join("\n"),
        line: first,
    })
}

fn is_comment(text: &str) -> bool {
    text.lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with("//"))
}

fn heading(step: &Step) -> Option<String> {
    let Step::Part { prose, .. } = step else {
        return None;
    };
    prose
        .lines()
        .find_map(|line| line.strip_prefix("# "))
        .map(|title| title.trim().to_owned())
}

fn at_line(error: Error, source: &Source, line: usize) -> Error {
    error.at(crate::error::Place {
        source: Some(source.name().to_owned()),
        line,
        column: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// a licence\n\n// %% [markdown] lesson minutes=\"3\"\n// # 7. Boats\n//\n// They float.\n// %% Build one\n\nlet boat = 1;\n\n// %% [markdown] question\n// Does it float?\n//\n// - [x] yes\n//   > It does.\n// - [ ] no\n//   > Look again.\n";

    #[test]
    fn a_lesson_is_parsed_into_steps() {
        let lesson = Lesson::read("07_boats", Source::code("boats.rhai", TEXT)).unwrap();
        assert_eq!(lesson.title, "7. Boats");
        assert_eq!((lesson.minutes, lesson.label().as_deref()), (3, Some("7")));
        assert_eq!((lesson.steps.len(), lesson.questions()), (2, 1));
        let Step::Part {
            code: Some(code), ..
        } = &lesson.steps[0]
        else {
            panic!("{:?}", lesson.steps[0]);
        };
        assert_eq!((code.line, code.text.as_str()), (9, "let boat = 1;"));
        assert!(is_lesson(TEXT));
    }

    #[test]
    fn a_question_without_a_right_answer_is_refused() {
        let text =
            "// %% [markdown] lesson\n// # x\n// %% [markdown] question\n// What?\n// - [ ] no\n";
        let error = Lesson::read("x", Source::code("x.rhai", text)).unwrap_err();
        assert_eq!(error.place().unwrap().line, 3);
    }
}
