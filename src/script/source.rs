use std::borrow::Cow;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::resolver::script_names;
use crate::error::{Error, Result, nearest, system_words, visible};

/// A larger file is not a script.
const MAX_BYTES: u64 = 64 << 20;

/// The text of a script and where it comes from.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: Arc<str>,
    file: Option<PathBuf>,
}

impl Source {
    /// Reads a script file.
    ///
    /// # Errors
    /// `InvalidArgument` if the file does not exist or is not text.
    pub fn file(path: &Path) -> Result<Self> {
        Ok(Self {
            name: path.display().to_string(),
            text: read_script(path)?,
            file: Some(path.to_owned()),
        })
    }

    /// Reads a script of a course below `root`. Characters that could harm a terminal are replaced
    /// by escapes.
    ///
    /// # Errors
    /// As [`file`](Self::file), and for a link that leads out of `root` or a file name with
    /// invisible characters.
    pub fn of_course(root: &Path, path: &Path) -> Result<Self> {
        stays_inside(root, path)?;
        let source = Self::file(path)?;
        let shown = visible(&source.text);
        Ok(match shown {
            Cow::Borrowed(_) => source,
            Cow::Owned(text) => source.with_text(&text),
        })
    }

    /// Reads a script from a stream, for example standard input.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be read or is not text.
    pub fn stream(name: &str, reader: impl Read) -> Result<Self> {
        let text = read_text(name, reader)?;
        Ok(Self {
            name: name.to_owned(),
            text,
            file: None,
        })
    }

    pub fn code(name: &str, code: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: prepare(code),
            file: None,
        }
    }

    /// Returns this script with another text, with the same name and the same folder for `import`.
    pub fn with_text(&self, text: &str) -> Self {
        Self {
            text: prepare(text),
            ..self.clone()
        }
    }

    /// Returns the name of the script in messages: its path as given, `<stdin>`, `<eval>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns the file of the script, if it has one.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Returns the folder that `import` can use.
    pub fn folder(&self) -> &Path {
        let folder = self.file.as_deref().and_then(Path::parent);
        folder.unwrap_or(Path::new(""))
    }
}

/// Reads the text of a main script or an import.
///
/// # Errors
/// `InvalidArgument` if the file does not exist or is not text.
pub(super) fn read_script(path: &Path) -> Result<Arc<str>> {
    let name = path.display().to_string();
    let file = fs::File::open(path).map_err(|error| cannot_open(path, &error))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(
            Error::invalid_argument(format!("`{name}` is a folder")).hint("name a script in it")
        );
    }
    read_text(&name, file)
}

/// Returns the files of a path: the file itself, or the scripts of a folder in name order.
///
/// # Errors
/// `InvalidArgument` if the path does not exist or a folder has no scripts.
pub fn expand(path: &Path) -> Result<Vec<PathBuf>> {
    let metadata = fs::metadata(path).map_err(|error| cannot_open(path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| cannot_open(path, &error))?;
    let mut scripts: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "rhai")
        })
        .filter(|path| path.is_file())
        .collect();
    scripts.sort();
    if scripts.is_empty() {
        return Err(Error::invalid_argument(format!(
            "the folder `{}` contains no scripts",
            path.display()
        ))
        .hint("a script is a file whose name ends in `.rhai`; folders inside are not searched"));
    }
    Ok(scripts)
}

/// Checks that a file of a course is below the folder `root`, also through links, and that its name
/// can be shown.
///
/// # Errors
/// `InvalidArgument` with the file.
pub fn stays_inside(root: &Path, path: &Path) -> Result<()> {
    let name = path.display().to_string();
    let shown = visible(&name);
    if shown != name {
        return Err(Error::invalid_argument(format!(
            "the name of `{shown}` has invisible characters"
        ))
        .hint("rename the file: invisible characters can make one name look like another"));
    }
    let (Ok(real), Ok(root)) = (path.canonicalize(), root.canonicalize()) else {
        // The code that opens the file reports a missing file.
        return match path.is_symlink() {
            true => Err(leads_out(path)),
            false => Ok(()),
        };
    };
    match real.starts_with(root) {
        true => Ok(()),
        false => Err(leads_out(path)),
    }
}

fn leads_out(path: &Path) -> Error {
    let path = path.display();
    Error::invalid_argument(format!("`{path}` is a link that leads out of the course"))
        .hint("replace the link with the file")
}

fn read_text(name: &str, reader: impl Read) -> Result<Arc<str>> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Error::invalid_argument(format!("`{name}` cannot be read: {}", system_words(&error)))
        })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::invalid_argument(format!(
            "`{name}` is larger than 64 MiB, which no script is"
        )));
    }
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(not_text(name, &format!("byte {offset} is zero")));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| not_text(name, &format!("byte {} is not UTF-8", error.valid_up_to())))?;
    Ok(prepare(text))
}

/// Normalizes a text: no byte order mark, `\n` at line ends, and a `#!` line becomes a comment.
/// Lines keep their numbers.
fn prepare(text: &str) -> Arc<str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = match text.strip_prefix("#!") {
        // The space prevents a doc comment: `#!/usr/bin/env` would become `///`.
        Some(rest) => format!("// {rest}"),
        None => text.to_owned(),
    };
    if text.contains('\r') {
        return text.replace("\r\n", "\n").into();
    }
    text.into()
}

fn not_text(name: &str, why: &str) -> Error {
    Error::invalid_argument(format!("`{name}` is not a script: {why}"))
        .hint("a script is text in UTF-8")
}

fn cannot_open(path: &Path, error: &std::io::Error) -> Error {
    let name = path.display();
    if error.kind() != std::io::ErrorKind::NotFound {
        return Error::invalid_argument(format!(
            "`{name}` cannot be read: {}",
            system_words(error)
        ));
    }
    let error = Error::invalid_argument(format!("there is no file `{name}`"));
    match similar_script(path) {
        Some(nearest) => error.hint(format!("did you mean `{}`?", nearest.display())),
        None => error,
    }
}

/// Returns the script in the same folder with the most similar name.
fn similar_script(path: &Path) -> Option<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let wanted = path.file_name()?.to_string_lossy();
    let wanted = wanted.strip_suffix(".rhai").unwrap_or(&wanted);
    let names = script_names(folder);
    let name = nearest(wanted, names.iter().map(String::as_str))?;
    Some(path.with_file_name(format!("{name}.rhai")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        Source::stream("test", bytes).unwrap().text().to_string()
    }

    #[test]
    fn byte_order_marks_and_crlf_are_removed() {
        assert_eq!(text(b"\xef\xbb\xbflet x = 1;\r\nx"), "let x = 1;\nx");
        assert_eq!(
            text(b"#!/usr/bin/env -S seaworthy run\nx"),
            "// /usr/bin/env -S seaworthy run\nx"
        );
        assert_eq!(text(b""), "");
    }

    #[test]
    fn files_that_are_not_text_are_rejected() {
        for bytes in [&b"\x7fELF\x00"[..], b"let x = \"\xff\";"] {
            let error = Source::stream("test", bytes).unwrap_err();
            assert!(
                error.message().starts_with("`test` is not a script: byte"),
                "{error}"
            );
        }
    }
}
