use std::collections::HashSet;
use std::sync::LazyLock;

use super::finding::Finding;
use super::unit::{Unit, units};
use crate::course::exercise::Course;
use crate::course::lesson::Library;
use crate::engine::glossary;
use crate::engine::language::Page;
use crate::error::Result;

/// Common English words in their base form.
const WORDS: &str = include_str!("../../../scripts/words.txt");

/// The bound of the mean length of a sentence, in words.
pub const LONGEST_MEAN: f64 = 17.0;
/// The bound of the share of words that are neither common nor terms, in per cent.
pub const MOST_UNKNOWN: f64 = 5.0;
/// The bound of the length of an exercise's story, in words.
pub const LONGEST_STORY: usize = 120;

/// How hard a lesson or an exercise is to read.
#[derive(Clone, Debug)]
pub struct Readability {
    pub file: String,
    pub words: usize,
    /// The mean number of words in a sentence.
    pub mean: f64,
    /// The share of words that are neither common nor terms of the glossary, in per cent.
    pub unknown: f64,
    /// These words, each once.
    pub unknown_words: Vec<String>,
    /// The number of words of the story; `None` for a lesson.
    pub story: Option<usize>,
}

/// Measures the texts of a course, in its order.
///
/// # Errors
/// `InvalidArgument` if a solution cannot be read.
pub fn readability(course: &Course, library: Option<&Library>) -> Result<Vec<Readability>> {
    let mut measured = Vec::new();
    for unit in units(course, library)? {
        let mut exercises = course.exercises().iter();
        let exercise = exercises.find(|one| format!("exercises/{}.rhai", one.name) == unit.file);
        let story = exercise.map(|exercise| words(&exercise.task()).len());
        measured.push(measure(&unit, story));
    }
    Ok(measured)
}

/// Returns what exceeds its bound.
pub fn hard_to_read(measured: &[Readability]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in measured {
        let mut add = |message: String| findings.push(Finding::new(&*one.file, message));
        if one.mean > LONGEST_MEAN {
            add(format!(
                "its sentences have {:.1} words on average: {LONGEST_MEAN} at most",
                one.mean
            ));
        }
        if one.unknown > MOST_UNKNOWN {
            add(format!(
                "{:.1} % of its words are neither common nor in the glossary: {MOST_UNKNOWN} % at most ({})",
                one.unknown,
                one.unknown_words.join(", ")
            ));
        }
        if let Some(story) = one.story.filter(|story| *story > LONGEST_STORY) {
            add(format!(
                "its story has {story} words: {LONGEST_STORY} at most"
            ));
        }
    }
    findings
}

fn measure(unit: &Unit, story: Option<usize>) -> Readability {
    let (mut count, mut sentences, mut unknown) = (0, 0, 0);
    let mut unknown_words: Vec<String> = Vec::new();
    for part in &unit.prose {
        sentences += sentences_in(&part.text);
        for word in words(&part.text) {
            count += 1;
            if !is_common(&word) {
                unknown += 1;
                if !unknown_words.contains(&word) {
                    unknown_words.push(word);
                }
            }
        }
    }
    unknown_words.sort();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    Readability {
        file: unit.file.clone(),
        words: count,
        mean: share(count, sentences),
        unknown: 100.0 * share(unknown, count),
        unknown_words,
        story,
    }
}

/// Returns the text without code, one line for each paragraph or item of a list.
fn paragraphs(markdown: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut in_block = false;
    let mut is_open = false;
    for line in markdown.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            in_block = !in_block;
            is_open = false;
            continue;
        }
        let line = line.strip_prefix("> ").unwrap_or(line);
        let begins =
            line.starts_with(['-', '#', '|']) || line.starts_with(|one: char| one.is_ascii_digit());
        if in_block || line.is_empty() {
            is_open = false;
        } else if is_open && !begins {
            if let Some(last) = lines.last_mut() {
                last.push(' ');
                last.push_str(line);
            }
        } else {
            lines.push(line.to_owned());
            is_open = true;
        }
    }
    lines.iter().map(|line| without_code(line)).collect()
}

/// Replaces each code in back quotes with one word, `x`.
fn without_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts
        .map(|(index, part)| if index % 2 == 0 { part } else { "x" })
        .collect()
}

fn sentences_in(markdown: &str) -> usize {
    let ends = |line: &String| {
        let mut count = 0;
        for (at, letter) in line.char_indices() {
            let rest = line[at + letter.len_utf8()..].trim_start_matches(['*', '"', ')']);
            let is_end = matches!(letter, '.' | '?' | '!' | ':');
            count += usize::from(is_end && (rest.is_empty() || rest.starts_with(' ')));
        }
        // A heading or an item without a full stop is a sentence too.
        count.max(1)
    };
    paragraphs(markdown).iter().map(ends).sum()
}

fn words(markdown: &str) -> Vec<String> {
    let paragraphs = paragraphs(markdown);
    let is_word = |letter: char| letter.is_alphabetic() || letter == '\'' || letter == '’';
    let words = paragraphs
        .iter()
        .flat_map(|line| line.split(|letter| !is_word(letter)));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Returns whether a word, or the word that it is made of, is common or in the glossary.
fn is_common(word: &str) -> bool {
    static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let terms = glossary::terms().iter().flat_map(Page::words);
        WORDS
            .split_whitespace()
            .map(str::to_owned)
            .chain(terms)
            .collect()
    });
    let has = |word: &str| COMMON.contains(word);
    if word.chars().count() < 3 || has(word) {
        return true;
    }
    let word = word.split(['\'', '’']).next().unwrap_or(word);
    let stems = [
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("d", ""),
        ("ied", "y"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("ily", "y"),
        ("er", ""),
        ("r", ""),
        ("est", ""),
        ("ers", ""),
        ("rs", ""),
        ("able", ""),
        ("ness", ""),
    ];
    let regular = stems.iter().any(|(ending, with)| {
        let Some(stem) = word.strip_suffix(ending) else {
            return false;
        };
        let doubled = stem.len() > 2 && {
            let (rest, last) =
                stem.split_at(stem.len() - stem.chars().next_back().map_or(1, char::len_utf8));
            rest.ends_with(last) && has(rest)
        };
        has(&format!("{stem}{with}")) || doubled
    });
    regular || has(word) || IRREGULAR.contains(&word)
}

/// Irregular forms of common words.
const IRREGULAR: &[&str] = &[
    "began",
    "begun",
    "bought",
    "broke",
    "brought",
    "built",
    "came",
    "caught",
    "chose",
    "chosen",
    "did",
    "didn",
    "doesn",
    "don",
    "driven",
    "drove",
    "fell",
    "fallen",
    "felt",
    "forgot",
    "forgotten",
    "given",
    "grew",
    "has",
    "heard",
    "held",
    "kept",
    "knew",
    "known",
    "laid",
    "led",
    "made",
    "meant",
    "met",
    "paid",
    "ran",
    "said",
    "sat",
    "saw",
    "seen",
    "sent",
    "shown",
    "slept",
    "sold",
    "spent",
    "spoke",
    "spoken",
    "stood",
    "stolen",
    "taken",
    "taught",
    "thought",
    "threw",
    "thrown",
    "told",
    "took",
    "understood",
    "went",
    "won",
    "wrote",
    "written",
    "children",
    "programmer",
    "worse",
    "women",
    "men",
    "these",
    "lives",
    "halves",
    "shelves",
    "knives",
];
