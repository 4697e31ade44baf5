//! `seaworthy kernel`: installs, removes and runs the Jupyter kernel.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::environment::Environment;
use super::kernel_args::{KernelCommand, KernelPlace};
use super::settings::{Settings, UriOrigin};
use super::start_progress::StartProgress;
use super::streams::Streams;
use super::{changes, doctor_command, session, usage};
use crate::error::{Error, ExitCode, Kind, Result, visible};
use crate::kernel::{self, ConnectionFile, CourseAccess, KernelSpec, Publisher, Start};
use crate::mongo::Interrupt;
use crate::notebook::{KERNEL_NAME, Notebook};
use crate::render::{Format, View};
use crate::server::{CheckResult, Folders, Progress};

/// Runs one of the commands.
pub(super) fn run(
    settings: &Settings,
    command: &KernelCommand,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let done = match command {
        KernelCommand::Install(place) => install(settings, place, view.format),
        KernelCommand::Uninstall(place) => uninstall(settings, place, view.format),
        KernelCommand::Doctor(place) => return doctor(settings, place, view, streams),
        KernelCommand::Run { connection_file } => {
            serve(settings, connection_file, view).map(|()| String::new())
        }
    };
    match done {
        Ok(text) => {
            // A closed output is not an error.
            let _ = streams.out.write_all(text.as_bytes());
            ExitCode::DONE
        }
        Err(error) => {
            usage::refuse(&error, view, streams);
            match error.kind() {
                Kind::Server => ExitCode::NO_SERVER,
                _ => ExitCode::USAGE,
            }
        }
    }
}

fn install(settings: &Settings, place: &KernelPlace, format: Format) -> Result<String> {
    if matches!(&settings.uri, Some(uri) if uri.origin == UriOrigin::Option) {
        return Err(Error::invalid_argument(
            "`--uri` is not written into a kernel, because it may contain a password",
        )
        .hint("set MONGODB_URI where Jupyter starts: the kernel reads it"));
    }
    let spec = specification(settings, place)?;
    spec.install(&command(settings)?)?;
    let folder = spec.folder().display().to_string();
    Ok(match format {
        Format::Json => format!("{}\n", json!({ "installed": folder, "name": place.name })),
        _ => format!(
            "installed in {}\nchoose the kernel `{}` in Jupyter, or run `jupyter lab`\n",
            visible(&folder),
            place.name
        ),
    })
}

fn uninstall(settings: &Settings, place: &KernelPlace, format: Format) -> Result<String> {
    let spec = specification(settings, place)?;
    let was_there = spec.uninstall()?;
    let folder = spec.folder().display().to_string();
    Ok(match (format, was_there) {
        (Format::Json, true) => format!("{}\n", json!({ "removed": folder })),
        (Format::Json, false) => format!("{}\n", json!({ "removed": null })),
        (_, true) => format!("removed {}\n", visible(&folder)),
        (_, false) => format!("there is no kernel in {}\n", visible(&folder)),
    })
}

/// Shows whether the installed kernel can be used. Returns 1 if it cannot.
fn doctor(settings: &Settings, place: &KernelPlace, view: View, mut streams: Streams) -> ExitCode {
    let spec = match specification(settings, place) {
        Ok(spec) => spec,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let mut results = vec![jupyter(settings), examined(&spec)];
    if let Some(command) = spec.command() {
        results.push(match kernel::version_of(&command) {
            Ok(version) => CheckResult::well("answer", format!("seaworthy {version}")),
            Err(error) => CheckResult::broken("answer", &error),
        });
    }
    doctor_command::show(&results, view, &mut streams)
}

/// Returns whether the kernel that `seaworthy kernel install` installs is there.
pub(super) fn examine(settings: &Settings) -> Option<CheckResult> {
    let data = user_data(&settings.server.environment)?;
    Some(examined(&KernelSpec::new(&data, KERNEL_NAME).ok()?))
}

fn examined(spec: &KernelSpec) -> CheckResult {
    const WHAT: &str = "kernel";
    let folder = spec.folder().display();
    let Some(command) = spec.command() else {
        return CheckResult::missing(
            WHAT,
            "not installed in Jupyter",
            "only needed for notebooks: `seaworthy kernel install`",
        );
    };
    let program = command.first().map_or("", String::as_str);
    match Path::new(program).is_file() {
        true => CheckResult::well(WHAT, format!("installed in {folder}")),
        false => {
            let words = format!("the kernel in {folder} starts `{program}`, which does not exist");
            let error = Error::invalid_argument(words).hint("`seaworthy kernel install`");
            CheckResult::broken(WHAT, &error)
        }
    }
}

/// Returns whether Jupyter is installed.
fn jupyter(settings: &Settings) -> CheckResult {
    let path = settings.server.path.clone().unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join("jupyter"))
        .find(|program| program.is_file());
    match found {
        Some(program) => CheckResult::well("jupyter", program.display().to_string()),
        None => CheckResult::missing(
            "jupyter",
            "not on the PATH",
            "`pip install jupyterlab`; VS Code and other programs bring their own",
        ),
    }
}

fn specification(settings: &Settings, place: &KernelPlace) -> Result<KernelSpec> {
    let data = match &place.prefix {
        Some(prefix) => prefix.join("share/jupyter"),
        None => user_data(&settings.server.environment).ok_or_else(|| {
            Error::invalid_argument("there is no home folder in which to install the kernel")
                .hint("name a folder with `--prefix DIR`")
        })?,
    };
    KernelSpec::new(&data, &place.name)
}

/// Returns the user's data folder of Jupyter, as Jupyter finds it.
fn user_data(environment: &Environment) -> Option<PathBuf> {
    let folder = |name| {
        let value = environment.get(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value))
    };
    folder("JUPYTER_DATA_DIR")
        .or_else(|| Some(folder("XDG_DATA_HOME")?.join("jupyter")))
        .or_else(|| Some(folder("HOME")?.join(".local/share/jupyter")))
}

/// Returns the command that starts the kernel with the options of the installation.
fn command(settings: &Settings) -> Result<Vec<String>> {
    let program = std::env::current_exe().map_err(|cause| {
        Error::invalid_argument(format!("the program does not know its own path: {cause}"))
    })?;
    let mut words = vec![program.into_os_string(), "kernel".into(), "run".into()];
    words.extend(session::same_server(settings));
    if settings.server.ephemeral {
        words.push("--ephemeral".into());
    }
    if settings.trace {
        words.push("--trace".into());
    }
    if let Some(database) = &settings.db {
        words.extend(["--db".into(), database.into()]);
    }
    if let Some(seed) = settings.seed {
        words.extend(["--seed".into(), seed.to_string().into()]);
    }
    let words = words.into_iter().map(|word| {
        word.into_string().map_err(|word| {
            let shown = word.display().to_string();
            Error::invalid_argument(format!("`{}` is not valid UTF-8", visible(&shown)))
        })
    });
    words.collect()
}

/// Runs the kernel of a connection file.
fn serve(settings: &Settings, file: &Path, view: View) -> Result<()> {
    let connection = ConnectionFile::read(file)?;
    let publisher = Publisher::default();
    // Stop ends only the cell that runs; tasks of earlier cells continue.
    let cells = session::switch(settings).foreground();
    let quiet = settings.server.quiet;
    let session =
        session::open_with_progress(settings, cells, publisher.output(), move |interrupt| {
            Box::new(StartProgress::new(quiet, view, interrupt))
        })?;
    let environment = &settings.server.environment;
    let parent = environment.get("JPY_PARENT_PID");
    let course = course(settings, view);
    kernel::run(Start {
        connection,
        session,
        publisher,
        course,
        refusal: check_changes(settings, environment).err(),
        parent: parent.and_then(|number| number.to_str()?.parse().ok()),
        reads_fields: true,
    })
}

/// Returns how `:check` runs exercises: as `seaworthy exercise` does.
fn course(settings: &Settings, view: View) -> CourseAccess {
    let environment = &settings.server.environment;
    let folders = Folders::from_xdg(|name| environment.get(name).map(ToOwned::to_owned));
    let notebook = environment.get("JPY_SESSION_NAME").map(PathBuf::from);
    // The options of the kernel are for its cells; an exercise has a database of its own.
    let mut for_runs = settings.clone();
    for_runs.db = None;
    let for_changes = for_runs.clone();
    CourseAccess {
        open_run: Box::new(move |exercise, interrupt, output| {
            let (settings, lock) = session::for_exercise(&for_runs, exercise);
            let quiet = settings.server.quiet;
            let progress = move |interrupt: &Interrupt| -> Box<dyn Progress> {
                Box::new(StartProgress::new(quiet, view, interrupt))
            };
            let session = session::open_with_progress(&settings, interrupt, output, progress)?;
            Ok((session, lock))
        }),
        check_changes: Box::new(move |name| changes::check(&for_changes, name, "an exercise")),
        progress: folders.ok().map(|folders| folders.progress()),
        exercise: notebook.and_then(|path| Some(path.file_stem()?.to_str()?.to_owned())),
    }
}

/// Checks that a lesson or an exercise may change the server, if Jupyter says which notebook it
/// opened.
fn check_changes(settings: &Settings, environment: &Environment) -> Result<()> {
    let Some(path) = environment.get("JPY_SESSION_NAME").map(PathBuf::from) else {
        return Ok(());
    };
    let name = path.display().to_string();
    let Ok(text) = fs::read_to_string(&path) else {
        // A notebook that is not saved yet, or a console.
        return Ok(());
    };
    match Notebook::read(&name, &text) {
        Ok(notebook) => changes::check_notebook(settings, &name, &notebook),
        Err(_) => Ok(()),
    }
}

/// Returns the error of a kernel for untrusted cells.
pub(super) fn not_confined() -> Error {
    Error::invalid_argument("a kernel cannot run untrusted cells")
        .hint("`seaworthy notebook FILE --run --confined` can")
}
