use std::collections::HashSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The longest part of an id that is made of words. nbformat allows 64 letters.
const LONGEST: usize = 40;

/// The ids of the cells of one notebook.
#[derive(Debug, Default)]
pub(super) struct CellIds {
    used: HashSet<String>,
}

impl CellIds {
    /// Returns an id made of a name, or of the cell's source if the name has no letters.
    ///
    /// The same cell has the same id in each conversion, also if other cells change.
    pub(super) fn unique(&mut self, name: &str, source: &str) -> String {
        let mut base = slug(name);
        if base.is_empty() {
            base = hash(source);
        }
        let mut id = base.clone();
        let mut count = 1;
        while !self.used.insert(id.clone()) {
            count += 1;
            base.truncate(LONGEST);
            id = format!("{base}-{count}");
        }
        id
    }
}

fn slug(name: &str) -> String {
    // An id of Jupyter is used as it is.
    let is_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if (1..=64).contains(&name.len()) && name.chars().all(is_id) {
        return name.to_owned();
    }
    let words: Vec<String> = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut slug = words.join("-");
    slug.truncate(LONGEST);
    slug.trim_end_matches('-').to_owned()
}

fn hash(source: &str) -> String {
    let digest = Sha256::digest(source.as_bytes());
    digest.iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
