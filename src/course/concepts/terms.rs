use std::ops::Range;

use crate::engine::language::Page;

/// A term of the glossary in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The term's first name.
    pub term: &'a str,
    /// Its position in the text.
    pub range: Range<usize>,
    /// Whether it is emphasised, `*primary*`: its definition.
    pub is_emphasised: bool,
}

/// Returns the terms in a Markdown text, in order. Headings, quotations and code have none.
///
/// ```
/// use seaworthy::course::concepts::terms_in;
/// use seaworthy::engine::language::read_pages;
///
/// let glossary = read_pages("\n## primary\n\nIt writes.\n\n## replica set, set\n\nMembers.\n");
/// let text = "# A primary\n\nA **replica set** has *Primaries* and `primary`, one primary.";
/// let found: Vec<(&str, bool)> = terms_in(text, &glossary)
///     .iter()
///     .map(|one| (one.term, one.is_emphasised))
///     .collect();
/// assert_eq!(found, [("replica set", true), ("primary", true), ("primary", false)]);
/// ```
pub fn terms_in<'a>(text: &str, glossary: &'a [Page]) -> Vec<Occurrence<'a>> {
    // Upper and lower case have the same length in ASCII, so the positions stay right.
    let plain = without_code(text).to_ascii_lowercase();
    let mut found: Vec<Occurrence> = Vec::new();
    for page in glossary {
        for name in &page.names {
            for word in plurals(&name.to_ascii_lowercase()) {
                collect(&plain, page.name(), &word, &mut found);
            }
        }
    }
    found.sort_by_key(|one| (one.range.start, usize::MAX - one.range.end));
    let mut end = 0;
    found.retain(|one| {
        // "change stream" hides the shorter "stream".
        let is_outside = one.range.start >= end;
        end = end.max(one.range.end);
        is_outside
    });
    found
}

fn collect<'a>(plain: &str, term: &'a str, word: &str, found: &mut Vec<Occurrence<'a>>) {
    let words: Vec<&str> = word.split(' ').collect();
    for (start, _) in plain.match_indices(words[0]) {
        let Some(end) = end_of(plain, start, &words) else {
            continue;
        };
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        if plain[..start].ends_with(is_part) || plain[end..].starts_with(is_part) {
            continue;
        }
        found.push(Occurrence {
            term,
            range: start..end,
            is_emphasised: plain[..start].ends_with('*') && plain[end..].starts_with('*'),
        });
    }
}

/// Returns the end of the words that begin at `start`; a line may end between two of them.
fn end_of(plain: &str, start: usize, words: &[&str]) -> Option<usize> {
    let mut at = start;
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            let rest = plain[at..].trim_start();
            if rest.len() == plain[at..].len() {
                return None;
            }
            at = plain.len() - rest.len();
        }
        at += plain[at..].strip_prefix(word).map(|_| word.len())?;
    }
    Some(at)
}

/// Returns the singular and the plural of a term.
fn plurals(name: &str) -> Vec<String> {
    let plural = match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ if name.ends_with('x') => format!("{name}es"),
        _ => format!("{name}s"),
    };
    vec![name.to_owned(), plural]
}

/// Replaces headings, quotations, code blocks and code in back quotes with spaces.
fn without_code(text: &str) -> String {
    let mut plain = String::new();
    let (mut in_block, mut in_code) = (false, false);
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```");
        let is_hidden = in_block || is_fence || line.starts_with(['#', '>']);
        in_block ^= is_fence;
        for letter in line.chars() {
            let is_quote = letter == '`' && !is_hidden;
            in_code ^= is_quote;
            match is_hidden || in_code || is_quote {
                true if letter != '\n' => plain.extend(std::iter::repeat_n(' ', letter.len_utf8())),
                _ => plain.push(letter),
            }
        }
    }
    plain
}
