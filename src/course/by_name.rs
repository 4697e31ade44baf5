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
    let exact = |name: &&str| {
        fold(name) == folded
            || fold(subject(name)) == folded
            || wanted
                .parse()
                .is_ok_and(|wanted| number(name) == Some(wanted))
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

/// Returns the number at the start of a name: 2 for `02_connection_pooling`.
pub(super) fn number(name: &str) -> Option<u32> {
    name.split('_').next()?.parse().ok()
}

/// Returns the name without its number: `connection_pooling`.
pub(super) fn subject(name: &str) -> &str {
    match name.split_once('_') {
        Some((number, rest)) if number.parse::<u32>().is_ok() => rest,
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
