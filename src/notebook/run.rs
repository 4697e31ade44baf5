use serde_json::json;

use super::cell_command;
use super::cell_error::cell_error;
use super::cell_session::{CellEnd, CellSession};
use super::file::{CellType, Notebook};
use super::output_log::{OutputLog, in_lines};
use crate::api::run::session::Session;
use crate::diagnose::Report;
use crate::error::ExitCode;
use crate::render::mime_bundle;

/// How the run of a notebook ended.
pub struct NotebookRun {
    /// The reports of the cells that failed.
    pub failures: Vec<Report>,
    /// The exit code of the first cell that failed.
    pub exit: ExitCode,
}

/// Runs the code cells of a notebook and stores their outputs. A cell that fails ends the run,
/// except with `keep_going`.
pub fn run_notebook(
    notebook: &mut Notebook,
    session: &Session,
    log: &OutputLog,
    keep_going: bool,
) -> NotebookRun {
    let mut cells = CellSession::new(session);
    let mut run = NotebookRun {
        failures: Vec::new(),
        exit: ExitCode::DONE,
    };
    let mut finished = Vec::new();
    notebook.clear();
    for (index, cell) in notebook.cells.iter().enumerate() {
        if cell.cell_type != CellType::Code || cell.source.trim().is_empty() {
            continue;
        }
        let count = finished.len() + 1;
        let origin = origin_of(count);
        // As in the script, a command is a comment.
        let code = cell_command::in_script(&cell.source);
        let end = cells.run(&format!("In[{count}]"), origin, &code);
        finished.push((index, count));
        store_end(log, origin, count, &end);
        let has_failed = end.failure.is_some();
        if end.exit != ExitCode::DONE && run.exit == ExitCode::DONE {
            run.exit = end.exit;
        }
        run.failures.extend(end.failure);
        // As in a script, `exit` ends the whole run.
        if end.termination.is_some() || (has_failed && !keep_going) {
            break;
        }
    }
    // The last updates of displays come when the tasks have ended.
    session.clean_up();
    for (index, count) in finished {
        notebook.cells[index].set_outputs(Some(count), log.of_cell(origin_of(count)));
    }
    run
}

/// Returns the origin of the outputs of a cell; 0 is that of no cell.
fn origin_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn store_end(log: &OutputLog, origin: u64, count: usize, end: &CellEnd) {
    if let Some(report) = &end.failure {
        let mut output = cell_error(report);
        output.insert("output_type".into(), "error".into());
        log.add(origin, output.into());
    } else if let Some(value) = &end.value {
        let data = in_lines(mime_bundle::result(value));
        log.add(
            origin,
            json!({
                "output_type": "execute_result", "data": data, "metadata": {},
                "execution_count": count,
            }),
        );
    }
}
