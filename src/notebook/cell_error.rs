use serde_json::{Map, Value};

use crate::diagnose::Report;

/// The width of a report, in columns.
const WIDTH: usize = 80;

/// Returns what Jupyter shows for a cell that failed: our report, with colours.
pub fn cell_error(report: &Report) -> Map<String, Value> {
    let text = report.render(WIDTH);
    let traceback: Vec<&str> = text.lines().collect();
    let mut error = Map::new();
    let kind = report.kind.as_deref().unwrap_or("Error");
    error.insert("ename".into(), kind.into());
    error.insert("evalue".into(), report.message.as_str().into());
    error.insert("traceback".into(), traceback.into());
    error
}
