//! Checks that a lesson or an exercise may change the server that the user named.

use super::settings::{Settings, Uri, UriOrigin};
use crate::course::exercise::{is_exercise, is_solution};
use crate::course::lesson::is_lesson;
use crate::error::{Error, Result};
use crate::mongo::ConnectionString;
use crate::notebook::{Notebook, to_script};
use crate::script::Source;

const USUAL_PORT: &str = ":27017";

/// Calls [`check`] if the script is a lesson, an exercise or a solution.
///
/// # Errors
/// As [`check`].
pub(super) fn check_source(settings: &Settings, source: &Source) -> Result<()> {
    match source.text() {
        text if is_lesson(text) => check(settings, source.name(), "a lesson"),
        text if is_exercise(text) => check(settings, source.name(), "an exercise"),
        text if is_solution(text) => check(settings, source.name(), "the solution of an exercise"),
        _ => Ok(()),
    }
}

/// Calls [`check`] if the notebook `name` is that of a lesson, an exercise or a solution.
///
/// # Errors
/// As [`check`].
pub(super) fn check_notebook(settings: &Settings, name: &str, notebook: &Notebook) -> Result<()> {
    check_source(settings, &Source::code(name, &to_script(notebook)))?;
    match notebook.kind() {
        Some("lesson") => check(settings, name, "a lesson"),
        Some("exercise") => check(settings, name, "an exercise"),
        Some("solution") => check(settings, name, "the solution of an exercise"),
        _ => Ok(()),
    }
}

/// Checks that the script `name` (`what`: a lesson or an exercise) uses the private server, or a host of `--allow-changes`.
///
/// # Errors
/// `InvalidArgument`, with a hint, if it does not.
pub(super) fn check(settings: &Settings, name: &str, what: &str) -> Result<()> {
    let Some(uri) = settings
        .uri
        .as_ref()
        .filter(|uri| uri.origin != UriOrigin::Trial)
    else {
        return Ok(());
    };
    if is_allowed(uri, &settings.allow_changes) {
        return Ok(());
    }
    let hosts = ConnectionString::new(uri.text.expose()).hosts();
    let host = hosts
        .first()
        .map_or("", |host| host.strip_suffix(USUAL_PORT).unwrap_or(host));
    let way_back = match uri.origin {
        UriOrigin::Option => "leave out `--uri`",
        UriOrigin::Environment if what == "a lesson" => {
            "unset `MONGODB_URI`, or play it with `seaworthy lesson`,"
        }
        UriOrigin::Environment | UriOrigin::Trial => "unset `MONGODB_URI`",
    };
    Err(Error::invalid_argument(format!(
        "`{name}` is {what}: it drops collections and creates users, which is not allowed on `{host}`"
    ))
    .hint(format!(
        "{way_back} to use the private server; or add `--allow-changes {host}`"
    )))
}

/// Returns whether one of the hosts of `uri` is in `allowed`.
pub(super) fn is_allowed(uri: &Uri, allowed: &[String]) -> bool {
    let hosts = ConnectionString::new(uri.text.expose()).hosts();
    hosts
        .iter()
        .any(|host| allowed.iter().any(|allowed| is_same(host, allowed)))
}

fn is_same(host: &str, allowed: &str) -> bool {
    let usual = |name: &str| name.strip_suffix(USUAL_PORT).unwrap_or(name).to_lowercase();
    let (host, allowed) = (usual(host), usual(allowed));
    // `--allow-changes db.example.net` allows all ports of that host.
    host == allowed
        || host
            .rsplit_once(':')
            .is_some_and(|(name, port)| name == allowed && !port.contains(']'))
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_host_is_allowed_only_by_its_exact_name() {
        assert!(is_same("db.invalid", "DB.invalid"));
        assert!(is_same("db.invalid:27017", "db.invalid"));
        assert!(is_same("db.invalid:4000", "db.invalid"));
        assert!(is_same("db.invalid:4000", "db.invalid:4000"));
        assert!(is_same("[::1]:4000", "[::1]"));
        assert!(!is_same("db.invalid:4000", "db.invalid:4001"));
        assert!(!is_same("db.invalid", "b.invalid"));
        assert!(!is_same("db.invalid", "db"));
        assert!(!is_same("db.invalid", ""));
    }
}
