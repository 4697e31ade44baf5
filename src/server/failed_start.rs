use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use crate::error::Error;

use super::find::{missing_library, way_out};
use super::log_tail::tail;
use super::trouble;

/// How much of the log a failed start shows, in lines.
const LINES: usize = 15;

/// What the log says, and what helps; the first one that fits is taken.
const CAUSES: &[(&str, &str)] = &[
    (
        "No space left on device",
        "the disk is full: free some space and try again",
    ),
    (
        "Read-only file system",
        "the data folder is on a read-only file system: choose another with XDG_DATA_HOME",
    ),
    (
        "DBPathInUse",
        "another mongod has this data folder open: end it, or use `--ephemeral`",
    ),
    (
        "Unable to lock the lock file",
        "another mongod has this data folder open: end it, or use `--ephemeral`",
    ),
    (
        "Permission denied",
        "the data folder is not yours alone: see who owns its files, or choose another with XDG_DATA_HOME",
    ),
    ("featureCompatibilityVersion", NEWER_DATA),
    ("unsupported WiredTiger file version", NEWER_DATA),
    (
        "Cannot allocate memory",
        "there is too little memory: end other programs and try again",
    ),
    (
        "Address already in use",
        "another mongod listens on the same socket: end it and try again",
    ),
];

const NEWER_DATA: &str = "the data folder was made by another version of MongoDB: use that version, or move the folder away";

/// An error for a start that failed while `waiting_for` something; the log's lines from byte `from` on are shown.
pub fn failed_start(waiting_for: &str, status: Option<ExitStatus>, log: &Path, from: u64) -> Error {
    let lines = tail(log, from, LINES).unwrap_or_default();
    let message = match status {
        Some(status) => format!(
            "`mongod` ended ({}) while we waited for {waiting_for}",
            ending(status)
        ),
        None => format!("waited for {waiting_for} in vain"),
    };
    let said = lines.join("\n");
    let mut hint = cause(&said, status).unwrap_or_else(|| "the log below may say why".to_owned());
    if lines.is_empty() {
        hint.push_str(&format!("\nthe log `{}` is empty", log.display()));
    } else {
        hint.push_str(&format!(
            "\nthe end of `{}`:\n  {}",
            log.display(),
            lines.join("\n  ")
        ));
    }
    trouble(message).hint(hint)
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "nobody knows how".to_owned(),
    }
}

fn cause(said: &str, status: Option<ExitStatus>) -> Option<String> {
    if let Some(library) = missing_library(said) {
        return Some(format!(
            "the shared library `{library}` is missing: {}",
            way_out(library)
        ));
    }
    if let Some((_, hint)) = CAUSES.iter().find(|(words, _)| said.contains(words)) {
        return Some((*hint).to_owned());
    }
    match status.map(|status| (status.code(), status.signal())) {
        // mongod's own code for data that it must not touch.
        Some((Some(62), _)) => Some(NEWER_DATA.to_owned()),
        Some((_, Some(libc::SIGILL))) => {
            Some("this processor lacks instructions (AVX) that this mongod needs".to_owned())
        }
        Some((_, Some(libc::SIGKILL))) => {
            Some("it was killed, perhaps for lack of memory".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_cause_comes_before_the_log() {
        let log = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            log.path(),
            "old line\nmongod: write: No space left on device\n",
        )
        .unwrap();
        let error = failed_start(
            "its socket",
            Some(ExitStatus::from_raw(100 << 8)),
            log.path(),
            9,
        );
        assert_eq!(
            error.message(),
            "`mongod` ended (exit code 100) while we waited for its socket"
        );
        let hint = error.hint_text().unwrap();
        assert!(hint.starts_with("the disk is full"), "{hint}");
        assert!(
            hint.contains("No space left") && !hint.contains("old line"),
            "{hint}"
        );
    }
}
