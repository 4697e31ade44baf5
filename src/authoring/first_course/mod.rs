//! The small course that `seaworthy course new` writes.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Its files. A test checks that they pass `course check` and `test`.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("README.md")),
    (
        "lessons/01_stock.rhai",
        include_str!("lessons/01_stock.rhai"),
    ),
    (
        "lessons/01_stock.snap",
        include_str!("lessons/01_stock.snap"),
    ),
    (
        "exercises/01_never_twice.rhai",
        include_str!("exercises/01_never_twice.rhai"),
    ),
    (
        "exercises/01_never_twice.snap",
        include_str!("exercises/01_never_twice.snap"),
    ),
    (
        "solutions/01_never_twice.rhai",
        include_str!("solutions/01_never_twice.rhai"),
    ),
    (
        "solutions/01_never_twice.snap",
        include_str!("solutions/01_never_twice.snap"),
    ),
];

/// Writes the course into an empty or new folder. Returns the names of its files.
///
/// # Errors
/// `InvalidArgument` if the folder is not empty or cannot be written.
pub fn write(folder: &Path) -> Result<Vec<&'static str>> {
    let shown = folder.display();
    let wrong = |error: &io::Error| {
        let why = error.to_string().to_lowercase();
        let why = why
            .split(" (os error")
            .next()
            .unwrap_or_default()
            .to_owned();
        Error::invalid_argument(format!("`{shown}` cannot be created: {why}"))
    };
    let entries = fs::read_dir(folder).map(Iterator::count);
    match entries {
        Ok(1..) => {
            return Err(Error::invalid_argument(format!("`{shown}` is not empty"))
                .hint("name a folder that is empty or does not exist yet"));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(wrong(&error)),
    }
    for (name, text) in FILES {
        let file = folder.join(name);
        let made = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&file, text));
        made.map_err(|error| wrong(&error))?;
    }
    Ok(FILES.iter().map(|(name, _)| *name).collect())
}
