use crate::course::by_name;
use crate::course::concepts::Head;
use crate::course::lesson::Lesson;
use crate::error::{Error, Place, Result};
use crate::script::Source;
use crate::script::percent::{Cell, CellKind, cells};

/// The last line of a learner's file.
const CHECKED_BY: &str = "\n// `seaworthy exercise` runs this file and checks it.\n";

/// The title of the check's cell.
const CHECK: &str = "Check";

/// An exercise: a script in the percent format that fails until the learner fixes it.
///
/// ```
/// use seaworthy::course::exercise::Exercise;
/// use seaworthy::script::Source;
///
/// let text = "\
/// // %% [markdown] exercise lecture=\"Boats\"
/// // # A third mast
/// //
/// // > the boat still has 2 masts: 3 were asked for
///
/// // %% Your part
/// // TODO: add a mast
/// let masts = 2;
///
/// // %% [markdown] hint
/// // Count them.
///
/// // %% Check
/// assert(masts == 3, `the boat still has ${masts} masts: 3 were asked for`);
/// ";
/// let exercise = Exercise::read("01_masts", Source::code("01_masts.rhai", text)).unwrap();
/// assert_eq!(exercise.lecture, "Boats");
/// assert_eq!(
///     exercise.shipped_message.as_deref(),
///     Some("the boat still has 2 masts: 3 were asked for"),
/// );
/// let copy = exercise.learner_copy(false);
/// assert!(!copy.contains("hint") && !copy.contains("assert"));
/// ```
#[derive(Clone, Debug)]
pub struct Exercise {
    /// The file's name without its ending: `03_a_pool_of_fifty`.
    pub name: String,
    /// The first heading.
    pub title: String,
    /// The title of its lecture.
    pub lecture: String,
    /// Whether it needs its own server, because it uses users or fail points or changes the server.
    pub own_server: bool,
    /// Whether it passes as shipped, because it only shows how exercises work.
    pub passes_as_shipped: bool,
    /// What it teaches and needs.
    pub head: Head,
    /// Background and task, in Markdown.
    pub story: String,
    /// The message it fails with as shipped: the last quotation of the story.
    pub shipped_message: Option<String>,
    /// In Markdown, the most helpful last.
    pub hints: Vec<String>,
    /// The text before the check, without the hints.
    pub(super) learner_part: String,
    /// The check's cell.
    pub(super) check: String,
    pub source: Source,
}

/// Returns whether a script is an exercise: its first cell is `// %% [markdown] exercise`.
pub fn is_exercise(text: &str) -> bool {
    first_word(text) == Some("exercise")
}

/// Returns whether a script is a solution: its first cell is `// %% [markdown] solution`.
pub fn is_solution(text: &str) -> bool {
    first_word(text) == Some("solution")
}

fn first_word(text: &str) -> Option<&str> {
    // A modeline or a licence may come before the first marker.
    cells(text).iter().find(|cell| cell.has_marker())?.word()
}

pub(super) fn is_check(cell: &Cell) -> bool {
    cell.kind == CellKind::Code && cell.title == CHECK
}

fn is_hint(cell: &Cell) -> bool {
    cell.word() == Some("hint")
}

impl Exercise {
    /// Reads an exercise called `name`.
    ///
    /// # Errors
    /// `InvalidArgument`, with its place, if the file is not a valid exercise.
    pub fn read(name: &str, source: Source) -> Result<Self> {
        let text = source.text().to_string();
        let cells = cells(&text);
        let wrong = |line: usize, message: &str, hint: &str| {
            let place = Place {
                source: Some(source.name().to_owned()),
                line,
                column: 1,
            };
            Error::invalid_argument(message).hint(hint).at(place)
        };
        let Some(head) = cells
            .iter()
            .find(|cell| cell.has_marker())
            .filter(|head| head.word() == Some("exercise"))
        else {
            return Err(wrong(
                1,
                "the script is not an exercise",
                "an exercise begins with `// %% [markdown] exercise lecture=\"…\"`",
            ));
        };
        let Some(at) = cells.iter().position(is_check) else {
            return Err(wrong(
                cells.last().map_or(1, |cell| cell.line),
                "the exercise has no check",
                "write its asserts in a last cell that begins with `// %% Check`",
            ));
        };
        let is_stray = |cell: &&Cell| !is_hint(cell);
        if let Some(stray) = cells[at + 1..].iter().find(is_stray) {
            return Err(wrong(
                stray.line,
                "there is a cell after the exercise's check",
                "the check must be the last cell; move the other cells before it",
            ));
        }
        let Some(lecture) = head.attribute("lecture").filter(|name| !name.is_empty()) else {
            return Err(wrong(
                head.line,
                "the exercise does not name its lecture",
                "write `lecture=\"…\"` after `exercise`",
            ));
        };
        let server = head.attribute("server");
        if server.is_some_and(|server| server != "own") {
            return Err(wrong(
                head.line,
                "the exercise has an unknown value for `server`",
                "write `server=\"own\"`, or leave it out to use a database on the shared server",
            ));
        }
        let shipped = head.attribute("shipped");
        if shipped.is_some_and(|shipped| shipped != "passes") {
            return Err(wrong(
                head.line,
                "the exercise has an unknown value for `shipped`",
                "write `shipped=\"passes\"`, or leave it out for an exercise that fails as shipped",
            ));
        }
        let prose = head.prose();
        let (concepts, story) = Head::split(&prose);
        let story = story.to_owned();
        let before = cells[..at].iter().filter(|cell| !is_hint(cell));
        Ok(Self {
            name: name.to_owned(),
            title: heading(&story).unwrap_or(name).to_owned(),
            lecture: lecture.to_owned(),
            own_server: server.is_some(),
            passes_as_shipped: shipped.is_some(),
            head: concepts,
            shipped_message: last_quotation(&story),
            hints: cells
                .iter()
                .filter(|cell| is_hint(cell))
                .map(Cell::prose)
                .collect(),
            learner_part: before.map(without_head).collect(),
            check: cells[at].raw.to_owned(),
            story,
            source,
        })
    }

    /// Returns the label at the start of the name: `2` for `02_connection_pooling`.
    pub fn label(&self) -> Option<String> {
        by_name::label(&self.name)
    }

    /// Returns whether this exercise belongs to a lesson: its lecture is in the lesson's title.
    pub fn practises(&self, lesson: &Lesson) -> bool {
        let title = lesson.title.to_lowercase();
        title.contains(&self.lecture.to_lowercase())
    }

    /// Returns the story without its final quotation, for a screen that shows the message itself.
    pub fn task(&self) -> String {
        let lines: Vec<&str> = self.story.lines().collect();
        let is_empty = |line: &&str| line.trim().is_empty();
        let is_quoted = |line: &&str| line.trim_start().starts_with('>');
        let end = lines.len() - lines.iter().rev().take_while(|line| is_empty(line)).count();
        let quoted = lines[..end].iter().rev().take_while(|line| is_quoted(line));
        let quoted = quoted.count();
        if quoted == 0 {
            return self.story.clone();
        }
        let before = lines[..end - quoted].join("\n");
        let before = before.trim_end();
        // Drop the paragraph that introduces the quotation.
        match before.rsplit_once("\n\n") {
            Some((rest, last)) if last.ends_with(':') => rest.to_owned(),
            _ => before.to_owned(),
        }
    }

    /// Returns the file a learner starts with: the exercise without its hints, and perhaps without
    /// its check.
    pub fn learner_copy(&self, with_check: bool) -> String {
        match with_check {
            true => format!("{}{}", self.learner_part, self.check),
            false => format!("{}\n{CHECKED_BY}", self.learner_part.trim_end()),
        }
    }

    /// Returns its default database: its name, with characters replaced that MongoDB forbids.
    pub fn database(&self) -> String {
        let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        let name = self.name.chars();
        let mut database = String::new();
        for letter in name.map(|letter| if allowed(letter) { letter } else { '_' }) {
            // Database names have at most 63 bytes.
            if database.len() + letter.len_utf8() < 60 {
                database.push(letter);
            }
        }
        database
    }
}

/// Returns a cell as learners see it: without the lines `teaches:` and `needs:`.
fn without_head(cell: &Cell) -> String {
    let is_head = |line: &&str| {
        let is_first = cell.word() == Some("exercise");
        is_first && (line.starts_with("// teaches:") || line.starts_with("// needs:"))
    };
    let lines = cell.raw.split_inclusive('\n');
    lines.filter(|line| !is_head(line)).collect()
}

fn heading(story: &str) -> Option<&str> {
    story
        .lines()
        .find_map(|line| line.strip_prefix("# "))
        .map(str::trim)
}

/// Returns the last block quotation as one line.
fn last_quotation(story: &str) -> Option<String> {
    let lines: Vec<Option<&str>> = story
        .lines()
        .map(|line| line.trim_start().strip_prefix('>'))
        .collect();
    let mut blocks = lines
        .split(Option::is_none)
        .filter(|block| !block.is_empty());
    let block = blocks.next_back()?;
    let lines: Vec<&str> = block.iter().flatten().map(|line| line.trim()).collect();
    Some(lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// a licence\n\n// %% [markdown] exercise lecture=\"A b\" server=\"own\"\n// # T\n//\n// > not this\n//\n// Text.\n//\n// > it still\n// > leaks\n\n// %% Your part\n// TODO: x\nlet x = 1;\n\n// %% [markdown] hint\n// one\n\n// %% [markdown] hint\n// two\n\n// %% Check\nassert(x == 2, \"it still leaks\");\n";

    fn read(text: &str) -> Result<Exercise> {
        Exercise::read("07_x", Source::code("07_x.rhai", text))
    }

    #[test]
    fn an_exercise_is_parsed_from_its_cells() {
        let exercise = read(TEXT).unwrap();
        assert!(is_exercise(TEXT) && !is_solution(TEXT));
        assert_eq!(
            (exercise.label().as_deref(), exercise.title.as_str()),
            (Some("7"), "T")
        );
        assert_eq!(
            (exercise.lecture.as_str(), exercise.own_server),
            ("A b", true)
        );
        assert_eq!(exercise.shipped_message.as_deref(), Some("it still leaks"));
        assert_eq!(exercise.hints, ["one", "two"]);
        assert_eq!(exercise.task(), "# T\n\n> not this\n\nText.");
        let led_up_to = TEXT.replace("// Text.", "// Text.\n//\n// It says:");
        assert_eq!(read(&led_up_to).unwrap().task(), exercise.task());
        let copy = exercise.learner_copy(true);
        assert!(
            copy.starts_with("// a licence\n") && !copy.contains("two"),
            "{copy}"
        );
        assert!(copy.ends_with("let x = 1;\n\n// %% Check\nassert(x == 2, \"it still leaks\");\n"));
    }

    #[test]
    fn an_invalid_exercise_is_refused_with_its_line() {
        let cases = [
            ("let x = 1;\n", 1, "the script is not an exercise"),
            (
                "// %% [markdown] exercise\n// # x\n// %% Check\n1\n",
                1,
                "the exercise does not name its lecture",
            ),
            (
                "// %% [markdown] exercise lecture=\"a\" server=\"mine\"\n// %% Check\n1\n",
                1,
                "the exercise has an unknown value for `server`",
            ),
            (
                "// %% [markdown] exercise lecture=\"a\"\n// %% Your part\n",
                2,
                "the exercise has no check",
            ),
            (
                "// %% [markdown] exercise lecture=\"a\"\n// %% Check\n1\n// %% More\n2\n",
                4,
                "there is a cell after the exercise's check",
            ),
        ];
        for (text, line, message) in cases {
            let error = read(text).unwrap_err();
            assert_eq!(
                (error.message(), error.place().unwrap().line),
                (message, line),
                "{text}"
            );
        }
    }

    #[test]
    fn a_database_name_is_valid_in_mongodb() {
        let source = Source::code("x", TEXT);
        let exercise = Exercise::read(&"a.b $é".repeat(20), source).unwrap();
        let database = exercise.database();
        assert!(
            database.starts_with("a_b__é") && database.len() < 64,
            "{database}"
        );
    }
}
