use std::cell::RefCell;
use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

use rustix::io::FdFlags;

use super::access::accessible;
use super::editor_requests::answer_requests;
use super::mongod;
use super::{EDITOR, LAYERS};
use crate::cli::environment::Environment;
use crate::cli::settings::{Action, RECORDING, Settings};
use crate::cli::start_progress::StartProgress;
use crate::cli::streams::{Streams, printer};
use crate::cli::{signals, timeline, usage};
use crate::course::exercise::{Course, ExerciseProgress};
use crate::error::{Error, ExitCode, Result};
use crate::learn::CourseScreen;
use crate::learn::exercise::{ExerciseOptions, FolderChoice, FolderQuestion, before_confinement};
use crate::mongo::Interrupt;
use crate::record::{LAST, StoredRecordings};
use crate::render;
use crate::render::View;
use crate::server::confinement::{ConfinementSettings, LaunchOrder};
use crate::server::{self, Folders, Progress, WorkFolders, die_with_parent};

/// The variables passed to the confined process. Others may contain secrets.
const PASSED_ON: &[&str] = &[
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "EDITOR",
    "HOME",
    "LANG",
    "LINES",
    "NO_COLOR",
    "PATH",
    "TERM",
    "TZ",
    "VISUAL",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
];

/// The prefixes of further variables that are passed on.
const PREFIXES: &[&str] = &["LC_", "SEAWORTHY_"];

/// Runs the same command line in a confined process, and returns its exit code.
pub(crate) fn supervise(
    settings: &Settings,
    args: &[OsString],
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let interrupt = Interrupt::new(None);
    let quiet = settings.server.quiet;
    let prepared = {
        if settings.action.runs_scripts() {
            signals::watch(&interrupt);
        }
        let progress = StartProgress::new(quiet, view, &interrupt);
        prepare(settings, args, view, &mut streams, &progress)
    };
    let prepared = match prepared {
        Ok(Some(prepared)) => Ok(prepared),
        Ok(None) => return ExitCode::INTERRUPTED,
        Err(error) => Err(error),
    };
    let done = prepared.and_then(|prepared| prepared.run(&settings.server.environment));
    match done {
        Ok((code, work)) => {
            let printer = printer(view, streams);
            let code = timeline::take_over(settings, &recordings(&work), code, view, &printer);
            view.close(&printer, false, code)
        }
        Err(_) if interrupt.stopped().is_some() => ExitCode::INTERRUPTED,
        Err(error) => {
            usage::refuse(&error, view, streams);
            match error.kind() {
                crate::error::Kind::Server => ExitCode::NO_SERVER,
                _ => ExitCode::USAGE,
            }
        }
    }
}

/// The confined process before it is started.
struct Prepared {
    command: Command,
    work: WorkFolders,
    /// The learner's folder, for exercises.
    learner: Option<PathBuf>,
}

/// Does everything that needs more rights than the confined process has.
///
/// Returns `None` if the learner left at the question for a folder.
fn prepare(
    settings: &Settings,
    args: &[OsString],
    view: View,
    streams: &mut Streams,
    progress: &dyn Progress,
) -> Result<Option<Prepared>> {
    timeline::check(&settings.timelines)?;
    let server = settings.server.to_server_settings()?;
    let folders = &server.folders;
    folders.make_progress_folder()?;
    folders.move_old_progress();
    let learner = match &settings.action {
        Action::Exercise(options) => {
            match learner_folder(settings, options, folders, view, streams)? {
                FolderChoice::Known(folder) => Some(folder),
                FolderChoice::NotNeeded => None,
                FolderChoice::Left => return Ok(None),
            }
        }
        _ => None,
    };
    let mongod = match settings.action.runs_scripts() {
        true => Some(server::find(&server, progress).map(|mongod| mongod.path)),
        false => None,
    };
    progress.check()?;
    let program = own_program()?;
    let work = WorkFolders::make(folders, progress)?;
    let order = LaunchOrder {
        accessible: accessible(
            settings,
            &program,
            mongod.as_ref().and_then(|found| found.as_deref().ok()),
            folders,
            &work,
            learner.as_deref(),
        )?,
        root: work.view(),
        settings: ConfinementSettings {
            // The confined process checks its layers itself.
            required: false,
            ..server.confinement.clone()
        },
        tcp: None,
        tell: Some(LAYERS.to_owned()),
        parent: std::process::id(),
    };
    let mut command = order.command(None, &program);
    command.args(args.get(1..).unwrap_or_default());
    pass_on(&mut command, settings, folders, &work);
    if let Some(found) = mongod {
        mongod::pass_on(&mut command, found);
    }
    die_with_parent(&mut command);
    Ok(Some(Prepared {
        command,
        work,
        learner,
    }))
}

fn pass_on(command: &mut Command, settings: &Settings, folders: &Folders, work: &WorkFolders) {
    command.env_clear();
    for (name, value) in settings.server.environment.iter() {
        let is_known = |name: &str| {
            PASSED_ON.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        };
        if name.to_str().is_some_and(is_known) {
            command.env(name, value);
        }
    }
    let parent = |folder: &Path| folder.parent().map(Path::to_owned).unwrap_or_default();
    command.env_remove(RECORDING);
    if settings.recording.is_some() || !settings.timelines.is_empty() {
        command.env(RECORDING, recordings(work).file(LAST));
    }
    // Set them even if they follow from `HOME`, so that both processes use the same folders.
    command
        .env("XDG_DATA_HOME", parent(&folders.data))
        .env("XDG_CACHE_HOME", parent(&folders.cache))
        .env("XDG_STATE_HOME", work.data())
        .env("XDG_RUNTIME_DIR", &work.runtime)
        .env("TMPDIR", work.temporary());
}

/// Returns the recordings in the state folder of the confined process.
fn recordings(work: &WorkFolders) -> StoredRecordings {
    StoredRecordings::below(&work.data().join("seaworthy"))
}

/// Returns the running program's real path; `/proc/self/exe` does not work in the confined process.
fn own_program() -> Result<PathBuf> {
    std::env::current_exe().map_err(|cause| {
        Error::new(
            crate::error::Kind::Server,
            format!("seaworthy cannot find its own program: {cause}"),
        )
    })
}

impl Prepared {
    /// Returns the exit code, and the folders that the run has written to.
    fn run(mut self, environment: &Environment) -> Result<(ExitCode, WorkFolders)> {
        let requests = match &self.learner {
            Some(learner) => Some((open_requests(&mut self.command)?, learner.clone())),
            None => None,
        };
        let status = self.wait(environment, requests);
        let status = status.map_err(|cause| cannot_start(&cause))?;
        Ok((exit_code(status), self.work))
    }

    fn wait(
        &mut self,
        environment: &Environment,
        requests: Option<((UnixStream, UnixStream), PathBuf)>,
    ) -> std::io::Result<ExitStatus> {
        let mut child = self.command.spawn()?;
        forward_signals(child.id())?;
        if let Some(((ours, theirs), learner)) = requests {
            drop(theirs);
            let environment = environment.clone();
            thread::spawn(move || answer_requests(&ours, &environment, &learner));
        }
        child.wait()
    }
}

/// The process id of the confined process, for the signal handler.
static CONFINED: AtomicI32 = AtomicI32::new(0);

/// Forwards signals of other processes. The terminal sends its own, such as Ctrl-C, to both.
fn forward_signals(child: u32) -> std::io::Result<()> {
    CONFINED.store(child.cast_signed(), Ordering::Relaxed);
    let handler: extern "C" fn(libc::c_int, *const libc::siginfo_t, *mut libc::c_void) = forward;
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: the structure is plain data, and the handler only reads an atomic and calls `kill`.
        let set = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as libc::sighandler_t;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
            libc::sigaction(signal, &raw const action, std::ptr::null_mut())
        };
        if set != 0 {
            return Err(std::io::Error::last_os_error());
        }
    }
    Ok(())
}

extern "C" fn forward(signal: libc::c_int, info: *const libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel hands over valid information; `kill` may be called in a handler.
    unsafe {
        let is_of_a_process = (*info).si_code <= 0;
        if is_of_a_process {
            libc::kill(CONFINED.load(Ordering::Relaxed), signal);
        }
    }
}

/// Creates a pair of sockets: ours, and the one that the confined process inherits.
fn open_requests(command: &mut Command) -> Result<(UnixStream, UnixStream)> {
    let pair = UnixStream::pair().map_err(|cause| cannot_start(&cause))?;
    rustix::io::fcntl_setfd(&pair.1, FdFlags::empty())
        .map_err(|cause| cannot_start(&cause.into()))?;
    command.env(EDITOR, pair.1.as_raw_fd().to_string());
    Ok(pair)
}

fn cannot_start(cause: &std::io::Error) -> Error {
    Error::new(
        crate::error::Kind::Server,
        format!("the confined process cannot be started: {cause}"),
    )
}

/// Returns the exit code, or as shells do 128 plus the signal.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    ExitCode(u8::try_from(code).unwrap_or(1))
}

/// Asks for the learner's folder if necessary, because the confined process cannot ask.
fn learner_folder(
    settings: &Settings,
    options: &ExerciseOptions,
    folders: &Folders,
    view: View,
    streams: &mut Streams,
) -> Result<FolderChoice> {
    let course = options.course.as_ref();
    let course = course.map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.clone()));
    let progress = ExerciseProgress::of(&Course::id_of(course.as_deref()), &folders.progress());
    let environment = &settings.server.environment;
    let question = FolderQuestion {
        home: environment.get("HOME").map(ToOwned::to_owned),
        dir: options.dir.as_deref(),
        course: course.as_deref(),
        is_terminal: streams.input_is_terminal && streams.out_is_terminal,
    };
    let out = RefCell::new(&mut streams.out);
    let tell = |words: &str| {
        let text = view.coloured(&render::prose(words, CourseScreen::width_of(view)));
        writeln!(out.borrow_mut(), "{text}").is_ok()
    };
    before_confinement(&question, options.work, progress, &tell)
}
