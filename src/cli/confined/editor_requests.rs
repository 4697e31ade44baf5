use std::io::{BufRead, BufReader, Write};
use std::os::fd::{FromRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::EDITOR;
use crate::cli::editor;
use crate::cli::environment::Environment;
use crate::error::{Error, Result};

/// The supervisor's answer when the editor is closed.
#[derive(Serialize, Deserialize)]
struct Answer {
    /// The message and the hint, if the editor failed.
    failure: Option<(String, String)>,
}

/// Asks the supervisor to open a file in the editor, and waits until the editor is closed.
///
/// The confined process cannot do it itself, because the editor needs its settings files.
/// Returns `None` if this process has no supervisor.
pub(crate) fn request_editor(environment: &Environment, file: &Path) -> Option<Result<()>> {
    let descriptor: RawFd = environment.get(EDITOR)?.to_str()?.parse().ok()?;
    // SAFETY: the supervisor left this descriptor open for this; `ManuallyDrop` keeps it open.
    let stream = unsafe { UnixStream::from_raw_fd(descriptor) };
    let stream = std::mem::ManuallyDrop::new(stream);
    let ask = || -> std::io::Result<Answer> {
        let line = serde_json::to_string(file)?;
        writeln!(&*stream, "{line}")?;
        let mut answer = String::new();
        BufReader::new(&*stream).read_line(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    };
    Some(match ask() {
        Ok(Answer { failure: None }) => Ok(()),
        Ok(Answer {
            failure: Some((message, hint)),
        }) => Err(Error::invalid_argument(message).hint(hint)),
        Err(cause) => Err(Error::invalid_argument(format!(
            "the editor cannot be opened: {cause}"
        ))),
    })
}

/// Opens the editor for a confined process until it closes the stream.
///
/// Opens only files in the learner's folder.
pub(crate) fn answer_requests(stream: &UnixStream, environment: &Environment, learner: &Path) {
    for line in BufReader::new(stream)
        .lines()
        .map_while(std::io::Result::ok)
    {
        let done = serde_json::from_str::<PathBuf>(&line)
            .ok()
            .and_then(|file| file.canonicalize().ok())
            .filter(|file| is_within(file, learner))
            .ok_or_else(|| Error::invalid_argument("the file is not in the exercises' folder"))
            .and_then(|file| editor::start(environment, &file));
        let failure = done.err().map(|error| {
            let hint = error.hint_text().unwrap_or_default();
            (error.message().to_owned(), hint.to_owned())
        });
        let answer = serde_json::to_string(&Answer { failure }).unwrap_or_default();
        if writeln!(&mut &*stream, "{answer}").is_err() {
            return;
        }
    }
}

fn is_within(file: &Path, folder: &Path) -> bool {
    folder
        .canonicalize()
        .is_ok_and(|folder| file.starts_with(folder))
}
