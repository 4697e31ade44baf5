//! Finds a lesson or an exercise by its number, its name, or a part of it.

use crate::error::{Error, Result, nearest};

/// The words for messages about what is searched.
pub(super) struct SearchedKind {
    /// `lesson`.
    pub noun: &'static str,
    /// The command that lists them.
    pub list: &'static str,
}

/// Returns the index in `names` that matches a number, a name, a part of a name, or a file.
///
/// A match of the start of a name takes precedence.
///
/// # Errors
/// `InvalidArgument` if none or several match.
pub(super) fn find(wanted: &str, names: &[&str], searched: &SearchedKind) -> Result<usize> {
    let noun = searched.noun;
    let folded = fold(wanted);
    let wanted_label = label(&folded);
    let exact = |name: &&str| {
        fold(name) == folded
            || fold(subject(name)) == folded
            || wanted_label.is_some() && label(name) == wanted_label && !folded.contains('_')
    };
    if let Some(at) = names.iter().position(exact) {
        return Ok(at);
    }
    let begins =
        |name: &str| fold(name).starts_with(&folded) || fold(subject(name)).starts_with(&folded);
    let holds = |name: &str| fold(subject(name)).contains(&folded);
    for is_meant in [&begins as &dyn Fn(&str) -> bool, &holds] {
        let found: Vec<usize> = (0..names.len())
            .filter(|at| !folded.is_empty() && is_meant(names[*at]))
            .collect();
        match found.as_slice() {
            [] => {}
            [at] => return Ok(*at),
            several => return Err(ambiguous(wanted, several.iter().map(|at| names[*at]))),
        }
    }
    let error = Error::invalid_argument(format!("there is no {noun} `{wanted}`"));
    let subjects = names.iter().map(|name| subject(name));
    Err(match similar_subject(&folded, subjects) {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None => error.hint(format!("`{}` lists the {noun}s", searched.list)),
    })
}

/// Returns the label at the start of a name: `2` for `02_pooling`, `0a` for `00a_documents`.
///
/// A label is a number, and perhaps a letter that puts a script between two numbers.
pub(super) fn label(name: &str) -> Option<String> {
    let start = name.split('_').next()?;
    let digits = start.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let number: u32 = digits.parse().ok()?;
    let letters = &start[digits.len()..];
    (letters.len() < 2).then(|| format!("{number}{letters}"))
}

/// Returns the name without its number: `connection_pooling`.
pub(super) fn subject(name: &str) -> &str {
    match name.split_once('_') {
        Some((_, rest)) if label(name).is_some() => rest,
        _ => name,
    }
}

/// Converts `Connection Pooling`, `connection-pooling` and `connection_pooling.rhai` to one form.
fn fold(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    let name = name.strip_suffix(".rhai").unwrap_or(name);
    name.to_lowercase().replace([' ', '-'], "_")
}

/// Returns the most similar subject: `conection` is similar to a word of `connection_pooling`.
fn similar_subject<'a>(
    folded: &str,
    subjects: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let words = subjects.clone().flat_map(|subject| {
        let words = subject.split('_').filter(|word| word.len() > 3);
        words.chain([subject])
    });
    let word = nearest(folded, words)?;
    subjects
        .into_iter()
        .find(|subject| *subject == word || subject.split('_').any(|part| part == word))
}

fn ambiguous<'a>(wanted: &str, several: impl Iterator<Item = &'a str>) -> Error {
    let names: Vec<String> = several.map(|name| format!("`{name}`")).collect();
    Error::invalid_argument(format!("`{wanted}` could be {}", names.join(" or ")))
        .hint("write more of the name, or its number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_number_with_at_most_one_letter() {
        let labels = [
            "00_the_language",
            "00a_documents",
            "02_pools",
            "x_1",
            "00ab_x",
        ]
        .map(label);
        let expected = [Some("0"), Some("0a"), Some("2"), None, None];
        assert_eq!(labels, expected.map(|label| label.map(str::to_owned)));
        assert_eq!(subject("00a_documents"), "documents");
    }

    #[test]
    fn a_label_finds_its_script() {
        let names = ["00_the_language", "00a_documents", "02_pools"];
        let searched = SearchedKind {
            noun: "lesson",
            list: "seaworthy lesson",
        };
        for (wanted, at) in [
            ("0", 0),
            ("00", 0),
            ("0a", 1),
            ("00A", 1),
            ("02", 2),
            ("2", 2),
        ] {
            assert_eq!(find(wanted, &names, &searched).ok(), Some(at), "{wanted}");
        }
        assert!(find("0b", &names, &searched).is_err());
    }
}
