use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use crate::error::Error;

use super::errors::server_error;
use super::log_tail::{complaints, first_line, shortened, tail};
use super::member::MemberPlan;
use crate::server::confinement::layers::{Layers, layers_missing};
use crate::server::confinement::order::LaunchOrder;
use crate::server::find::libraries::{library_hint, missing_library};

/// The number of log lines that the error of a failed start shows.
const LINES: usize = 15;

/// The number of earlier errors in the log that are shown too.
const COMPLAINTS: usize = 3;

/// Texts in the log and the hint for each. The first match is used.
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
    ("Permission denied", NOT_YOURS),
    ("read-only directory", NOT_YOURS),
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

const NOT_YOURS: &str = "you may not write to the data folder, or to a file in it: check who owns them, or choose another with XDG_DATA_HOME";

const NEWER_DATA: &str = "the data was made by another version of MongoDB: use that version with `--mongod`, or move the data folder away";

/// Returns the error for a start that failed while `waiting_for` something. It shows the log from
/// byte `from` on.
pub(super) fn failed_start(
    waiting_for: &str,
    status: Option<ExitStatus>,
    plan: &MemberPlan,
    from: u64,
) -> Error {
    let log = &plan.log;
    if status.and_then(|status| status.code()) == Some(LaunchOrder::REFUSED) {
        let layers = first_line(log, from).as_deref().and_then(Layers::from_line);
        return layers_missing(layers.as_ref());
    }
    let lines = tail(log, from, LINES).unwrap_or_default();
    let complaints = complaints(log, from);
    let message = match status {
        Some(status) => format!(
            "`mongod` ended ({}) while the program waited for {waiting_for}",
            ending(status)
        ),
        None => format!("timed out waiting for {waiting_for}"),
    };
    // If the server takes long to end, the reason is above the last lines.
    let said = if complaints.is_empty() {
        lines.join("\n")
    } else {
        complaints.join("\n")
    };
    let mut hint = cause(&said, status).unwrap_or_else(|| "the log below may say why".to_owned());
    if hint == NEWER_DATA {
        hint.push_str(&whose_data(&said, &plan.db));
    }
    let shown = complaints.iter().map(|line| shortened(line));
    let further_up: Vec<String> = shown.filter(|line| !lines.contains(line)).collect();
    if !further_up.is_empty() {
        let last = &further_up[further_up.len().saturating_sub(COMPLAINTS)..];
        hint.push_str(&format!("\nerrors in the log:\n  {}", last.join("\n  ")));
    }
    if lines.is_empty() {
        hint.push_str(&format!("\nthe log `{}` is empty", log.display()));
    } else {
        hint.push_str(&format!(
            "\nthe end of `{}`:\n  {}",
            log.display(),
            lines.join("\n  ")
        ));
    }
    server_error(message).hint(hint)
}

/// Returns a line with the folder of the data, and with its version if the log contains it.
fn whose_data(said: &str, db: &Path) -> String {
    let version = said
        .split_once("version: \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| format!(" is of version {version} and"))
        .unwrap_or_default();
    format!("\nthe data{version} is in `{}`", db.display())
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown status".to_owned(),
    }
}

fn cause(said: &str, status: Option<ExitStatus>) -> Option<String> {
    if let Some(library) = missing_library(said) {
        return Some(format!(
            "the shared library `{library}` is missing: {}",
            library_hint(library)
        ));
    }
    if let Some((_, hint)) = CAUSES.iter().find(|(words, _)| said.contains(words)) {
        return Some((*hint).to_owned());
    }
    match status.map(|status| (status.code(), status.signal())) {
        // mongod's exit code for data that it cannot open.
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
    use crate::server::confinement::settings::ConfinementSettings;

    #[test]
    fn a_known_cause_is_shown_before_the_log() {
        let log = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            log.path(),
            "old line\nmongod: write: No space left on device\n",
        )
        .unwrap();
        let plan = MemberPlan {
            mongod: "mongod".into(),
            set: "rs0".to_owned(),
            db: "db".into(),
            socket: "m.sock".into(),
            tcp: None,
            has_fail_points: true,
            key_file: "key".into(),
            log: log.path().to_owned(),
            view: "view".into(),
            confinement: ConfinementSettings::default(),
            seaworthy: None,
            oplog_mb: 1,
        };
        let error = failed_start("its socket", Some(ExitStatus::from_raw(100 << 8)), &plan, 9);
        assert_eq!(
            error.message(),
            "`mongod` ended (exit code 100) while the program waited for its socket"
        );
        let hint = error.hint_text().unwrap();
        assert!(hint.starts_with("the disk is full"), "{hint}");
        assert!(
            hint.contains("No space left") && !hint.contains("old line"),
            "{hint}"
        );
    }
}
