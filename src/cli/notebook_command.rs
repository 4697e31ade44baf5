//! `seaworthy notebook`: converts between scripts and notebooks, and stores outputs.

use std::fs;
use std::path::{Path, PathBuf};

use super::output_file::OutputFile;
use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer as printer_for;
use super::{changes, session, signals, usage};
use crate::course::exercise::Course;
use crate::course::lesson::Library;
use crate::error::{Error, ExitCode, Result};
use crate::notebook::{
    Notebook, NotebookOptions, OutputLog, from_script, keep_outputs, run_notebook, to_script,
};
use crate::render::{Printer, View};
use crate::script::Source;

const NOTEBOOK: &str = "ipynb";
const SCRIPT: &str = "rhai";

/// Converts the file that the options name.
pub(super) fn run(
    settings: &Settings,
    options: &NotebookOptions,
    view: View,
    streams: Streams,
) -> ExitCode {
    let prepared = read(options).and_then(|input| prepare(settings, options, input));
    let (prepared, target) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let printer = printer_for(view, streams);
    let mut code = ExitCode::DONE;
    let text = match prepared {
        Prepared::Script(text) => Ok(text),
        Prepared::Notebook(mut notebook) => {
            if options.run {
                code = store_outputs(settings, &mut notebook, options.keep_going, view, &printer);
            }
            // With `--keep-going`, a cell that failed is stored; a run without a server is not.
            if code != ExitCode::DONE && !(options.keep_going && code == ExitCode::THREW) {
                return code;
            }
            notebook.text()
        }
    };
    match text.and_then(|text| target.write(&text, &printer)) {
        Ok(()) => view.close(&printer, false, code),
        Err(error) => view.refused(&error, &printer),
    }
}

/// The file as read.
enum Input {
    Script { name: PathBuf, text: String },
    Notebook { name: PathBuf, notebook: Notebook },
}

/// What is written, perhaps after a run.
enum Prepared {
    Script(String),
    Notebook(Notebook),
}

fn read(options: &NotebookOptions) -> Result<Input> {
    let name = options.file.clone();
    if !name.exists()
        && let Some(wanted) = name.to_str()
        && name.extension().is_none()
    {
        let (name, text) = of_course(wanted)?;
        return Ok(Input::Script {
            name: format!("{name}.{SCRIPT}").into(),
            text,
        });
    }
    let shown = name.display().to_string();
    if name.extension().is_some_and(|ending| ending == NOTEBOOK) {
        let text = read_text(&name)?;
        let notebook = Notebook::read(&shown, &text)?;
        return Ok(Input::Notebook { name, notebook });
    }
    // Reports a file that is not a script. The text is read again because `Source` changes it.
    Source::file(&name)?;
    let text = read_text(&name)?;
    Ok(Input::Script { name, text })
}

/// Returns the name and the text of a lesson, or else of an exercise as a learner begins it.
fn of_course(wanted: &str) -> Result<(String, String)> {
    let library = Library::built_in()?;
    let error = match library.find(wanted) {
        Ok(lesson) => return Ok((lesson.name.clone(), lesson.source.text().to_string())),
        Err(error) => error,
    };
    match Course::built_in()?.find(wanted) {
        Ok(exercise) => Ok((exercise.name.clone(), exercise.learner_copy(false))),
        Err(_) => Err(error),
    }
}

fn read_text(path: &Path) -> Result<String> {
    let shown = path.display();
    let bytes = fs::read(path)
        .map_err(|cause| Error::invalid_argument(format!("`{shown}` cannot be read: {cause}")))?;
    String::from_utf8(bytes)
        .map_err(|_| Error::invalid_argument(format!("`{shown}` is not valid UTF-8")))
}

fn prepare(
    settings: &Settings,
    options: &NotebookOptions,
    input: Input,
) -> Result<(Prepared, OutputFile)> {
    let writes_notebook = match input {
        Input::Script { .. } => true,
        Input::Notebook { .. } => options.run || options.clear,
    };
    let (Input::Script { name, .. } | Input::Notebook { name, .. }) = &input;
    let ending = if writes_notebook { NOTEBOOK } else { SCRIPT };
    let path = options.out.clone().unwrap_or(name.with_extension(ending));
    let mut notebook = match input {
        Input::Notebook { notebook, .. } if !writes_notebook => {
            return Ok((
                Prepared::Script(to_script(&notebook)),
                OutputFile::new(path)?,
            ));
        }
        Input::Notebook { notebook, .. } => notebook,
        Input::Script { text, .. } => {
            let mut notebook = from_script(&text);
            // Outputs of cells that did not change stay.
            if let Ok(text) = fs::read_to_string(&path)
                && let Ok(old) = Notebook::read("", &text)
            {
                keep_outputs(&mut notebook, &old);
            }
            notebook
        }
    };
    if options.clear {
        notebook.clear();
    }
    if options.run {
        let name = options.file.display().to_string();
        changes::check_notebook(settings, &name, &notebook)?;
    }
    Ok((Prepared::Notebook(notebook), OutputFile::new(path)?))
}

/// Runs the notebook, and returns the exit code.
fn store_outputs(
    settings: &Settings,
    notebook: &mut Notebook,
    keep_going: bool,
    view: View,
    printer: &Printer,
) -> ExitCode {
    let log = OutputLog::default();
    let session = match session::open_with(settings, view, log.output()) {
        Ok(session) => session,
        Err(error) => return view.refused(&error, printer),
    };
    signals::watch(session.interrupt());
    let ran = run_notebook(notebook, &session, &log, keep_going);
    session.finish();
    for report in &ran.failures {
        printer.say(&view.report(report));
    }
    ran.exit
}
