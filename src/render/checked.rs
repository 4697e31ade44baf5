//! The result of `course check` as text.

use anstyle::{AnsiColor, Style};

use crate::authoring::check::examine::Examination;
use crate::authoring::check::finding::Finding;
use crate::authoring::check::readability::Readability;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Returns a table with one line per exercise.
pub fn checked(examinations: &[Examination]) -> String {
    let longest = examinations
        .iter()
        .map(|found| found.name.chars().count())
        .max();
    let longest = longest.unwrap_or(0).max("exercise".len());
    let mut text = format!(
        "{BOLD}{:longest$}  {:12}  {:12}  mutations noticed{BOLD:#}\n",
        "exercise", "as shipped", "solution"
    );
    for found in examinations {
        text.push_str(&format!(
            "{:longest$}  {}  {}  {}\n",
            found.name,
            count(found.right_as_shipped, found.runs, shipped(found)),
            count(found.solved, found.runs, "passes"),
            mutations(found),
        ));
    }
    text
}

/// Returns a table of how hard each script of a course is to read.
pub fn readability_table(measured: &[Readability]) -> String {
    let longest = measured.iter().map(|one| one.file.chars().count());
    let longest = longest.max().unwrap_or(0).max("script".len());
    let mut text = format!(
        "{BOLD}{:longest$}  words  words a sentence  unusual words  story{BOLD:#}\n",
        "script"
    );
    for one in measured {
        let story = one.story.map_or(String::new(), |story| story.to_string());
        let line = format!(
            "{:longest$}  {:>5}  {:>16.1}  {:>11.1} %  {story:>5}",
            one.file, one.words, one.mean, one.unknown
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Returns how the exercise ends as shipped.
fn shipped(found: &Examination) -> &'static str {
    if found.passes_as_shipped {
        "passes"
    } else {
        "fails"
    }
}

/// Returns one finding with its place and details.
pub fn finding(finding: &Finding) -> String {
    let line = finding
        .line
        .map_or(String::new(), |line| format!(":{line}"));
    let mut text = format!("{BAD}{}{line}{BAD:#}: {}\n", finding.file, finding.message);
    for detail in &finding.details {
        let style = match detail.chars().next() {
            Some('-') => AnsiColor::Red.on_default(),
            Some('+') => GOOD,
            _ => DIM,
        };
        text.push_str(&format!("    {style}{detail}{style:#}\n"));
    }
    text
}

/// Returns the cell `fails`, or the number of runs if some did not, padded to the column's width.
fn count(good: usize, of: usize, word: &str) -> String {
    let (style, words) = match (good, of) {
        (good, of) if good < of => (BAD, format!("{good} of {of} runs")),
        (_, 1) => (GOOD, word.to_owned()),
        (_, of) => (GOOD, format!("{word}, {of}×")),
    };
    format!("{style}{words:12}{style:#}")
}

fn mutations(found: &Examination) -> String {
    if found.mutations == 0 {
        return format!("{DIM}–{DIM:#}");
    }
    let needed = found.mutations - found.excused;
    let style = if found.noticed < needed { BAD } else { GOOD };
    let excused = match found.excused {
        0 => String::new(),
        count => format!(", {count} excused"),
    };
    format!(
        "{style}{} of {needed}{style:#}{excused}  {DIM}{:.1} s{DIM:#}",
        found.noticed,
        found.took.as_secs_f64()
    )
}
