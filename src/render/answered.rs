//! The result of an exercise as JSON.

use serde_json::json;

use crate::course::exercise::Exercise;
use crate::diagnose::report::Report;
use crate::error::visible;

/// Returns one line of JSON.
///
/// `{"exercise":…,"title":…,"passed":false,"message":…,"check_was_changed":false,"error":{…}}`
///
/// `report` says why it is not solved. `message` is its message, `error` the whole report.
pub fn answered_json(
    exercise: &Exercise,
    is_solved: bool,
    check_was_changed: bool,
    report: Option<&Report>,
) -> String {
    let message = match report {
        _ if is_solved => "solved",
        Some(report) => &report.message,
        None => "the run was stopped",
    };
    let mut document = json!({
        "exercise": exercise.name,
        "title": exercise.title,
        "passed": is_solved,
        "message": message,
        "check_was_changed": check_was_changed,
    });
    if let (false, Some(report)) = (is_solved, report) {
        document["error"] = report.to_fields().into();
    }
    visible(&crate::error::redact(&document.to_string())).into_owned()
}
