use std::fs;
use std::io::Write;
use std::path::Path;

use crate::authoring::normalise;
use crate::authoring::trial::child::{ChildExit, RunOutput};
use crate::error::{Error, Result, visible};

/// The line between the output and the error stream.
const ERRORS: &str = "--- and on the error stream ---";

/// A script's normalised output and its exit code.
///
/// The file has a header between two lines `---`, like insta's files, so that each program can read
/// the other's. The header contains the exit code if it is not 0.
///
/// ```
/// use seaworthy::authoring::testing::Snapshot;
///
/// let snapshot = Snapshot { exit: 1, text: "30\n--- and on the error stream ---\nerror: no".into() };
/// assert_eq!(Snapshot::parse(&snapshot.to_file()), snapshot);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub exit: u8,
    pub text: String,
}

impl Snapshot {
    /// Returns the snapshot of a run, or `None` if the script did not end by itself.
    pub fn of(ran: &RunOutput, any_order: bool) -> Option<Self> {
        let ChildExit::Exit(exit) = ran.end else {
            return None;
        };
        let mut text = if any_order {
            in_order(&ran.out)
        } else {
            ran.out.clone()
        };
        if !ran.errors.trim().is_empty() {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(ERRORS);
            text.push('\n');
            text.push_str(&ran.errors);
        }
        Some(Self {
            exit,
            text: tidy(&normalise(&visible(&text))),
        })
    }

    /// Reads a snapshot's file; `None` if there is none.
    ///
    /// # Errors
    /// `InvalidArgument` if it exists but cannot be read.
    pub fn read(file: &Path) -> Result<Option<Self>> {
        match fs::read(file) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Self::parse(&text))),
                Err(_) => Err(file_error(file, "read", "it is not valid UTF-8")),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file_error(file, "read", &error.to_string())),
        }
    }

    pub fn parse(text: &str) -> Self {
        // `of` escapes control characters, too.
        let text = visible(&text.replace("\r\n", "\n")).into_owned();
        let parts = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"));
        let (head, body) = parts.unwrap_or(("", &text));
        let exit = head
            .lines()
            .find_map(|line| line.strip_prefix("exit: ")?.trim().parse().ok());
        Self {
            exit: exit.unwrap_or(0),
            text: tidy(body),
        }
    }

    /// Returns the file's text.
    pub fn to_file(&self) -> String {
        let exit = match self.exit {
            0 => String::new(),
            code => format!("exit: {code}\n"),
        };
        format!("---\nsource: seaworthy test\n{exit}---\n{}\n", self.text)
    }

    /// Writes the file atomically.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let written = fs::create_dir_all(folder).and_then(|()| {
            let mut new = tempfile::Builder::new()
                .prefix(".snapshot-")
                .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
                .tempfile_in(folder)?;
            new.write_all(self.to_file().as_bytes())?;
            new.as_file().sync_all()?;
            new.persist(file)?;
            Ok(())
        });
        written.map_err(|error: std::io::Error| file_error(file, "written", &error.to_string()))
    }
}

fn file_error(file: &Path, done: &str, why: &str) -> Error {
    let why = why.split(" (os error").next().unwrap_or_default();
    Error::invalid_argument(format!(
        "the snapshot `{}` cannot be {done}: {}",
        file.display(),
        why.to_lowercase()
    ))
}

/// Sorts the lines.
fn in_order(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Removes trailing white space, as editors do.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}
