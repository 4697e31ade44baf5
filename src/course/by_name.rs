//! Lessons and exercises are called by their number, their name, or a part of it.

use crate::error::{Error, Result, nearest};

/// What is looked for, in words.
pub(super) struct Called {
    /// `lesson`.
    pub noun: &'static str,
    /// The command that lists them.
    pub list: &'static str,
}

/// Where in `names` the one is that `wanted` means: its number, its name, the beginning of its name, a part of its name,
/// or its file.
///
/// # Errors
/// `InvalidArgument` where that is none of them, or more than one.
pub(super) fn find(wanted: &str, names: &[&str], called: &Called) -> Result<usize> {
    let noun = called.noun;
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
        None => error.hint(format!("`{}` lists the {noun}s", called.list)),
    })
}

/// The number a name begins with: that of `02_connection_pooling` is 2.
pub(super) fn number(name: &str) -> Option<u32> {
    name.split('_').next()?.parse().ok()
}

/// The name without its number: `connection_pooling`.
pub(super) fn subject(name: &str) -> &str {
    match name.split_once('_') {
        Some((number, rest)) if number.parse::<u32>().is_ok() => rest,
        _ => name,
    }
}

/// `Connection Pooling`, `connection-pooling` and `connection_pooling.rhai` are the same.
fn fold(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    let name = name.strip_suffix(".rhai").unwrap_or(name);
    name.to_lowercase().replace([' ', '-'], "_")
}

/// Returns the subject that was probably meant: `conection` is nearly a word of `connection_pooling`.
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
