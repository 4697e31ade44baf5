use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::confined::{self, LAYERS};
use super::course_args::CourseCommand;
use super::environment::Environment;
use super::kernel_args::KernelCommand;
use super::limit::Limit;
use super::login;
use super::low_args::LowArgs;
use super::low_command::LowCommand;
use super::notebook_args::NotebookArgs;
use super::page_args::PageArgs;
use super::secret::Secret;
use super::server_command::ServerCommand;
use super::shell::Shell;
use super::source_language::SourceLanguage;
use super::streams::Streams;
use super::test_args::TestArgs;
use super::timeline::TimelineTarget;
use super::transfer_args::{ExportArgs, ImportArgs};
use crate::error::{Error, Result};
use crate::learn::exercise::{ExerciseOptions, Work};
use crate::learn::lesson::LessonOptions;
use crate::mongo::ConnectionString;
use crate::notebook::NotebookOptions;
use crate::page::PageOptions;
use crate::record::Recorder;
use crate::server::confinement::{ConfinementSettings, Layer, Layers};
use crate::server::{Archives, Folders, ServerSettings};

/// The settings from the command line and the environment.
#[derive(Clone, Debug)]
pub struct Settings {
    pub action: Action,
    /// The server to use; `None` for a private one.
    pub uri: Option<Uri>,
    /// The database of `--db`.
    pub db: Option<String>,
    /// The scripts' `args`.
    pub args: Vec<String>,
    pub seed: Option<u64>,
    pub timeout: Option<Duration>,
    /// Whether commands to servers are traced.
    pub trace: bool,
    /// Where the timelines of the run go.
    pub timelines: Vec<TimelineTarget>,
    /// The file in which the parent process wants the recording of this run.
    pub recording: Option<PathBuf>,
    /// Records the run; a command that wants a recording sets it.
    pub recorder: Option<Recorder>,
    /// The hosts on which lessons may drop collections and create users.
    pub allow_changes: Vec<String>,
    /// Whether the scripts are untrusted, with access only to their own servers and folder.
    pub confined: bool,
    /// The confinement layers of this process, if it is the confined process.
    pub layers: Option<Layers>,
    /// The limits of untrusted scripts.
    pub limits: ConfinedLimits,
    /// Whether untrusted scripts run even if a confinement layer is missing.
    pub accept_missing_layers: bool,
    pub server: ServerOptions,
}

/// The command to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Scripts, folders of scripts, or `-`.
    Run {
        sources: Vec<PathBuf>,
    },
    /// Code as typed.
    Eval {
        code: String,
    },
    /// List the lessons, or play one.
    Lesson(LessonOptions),
    Review,
    Progress,
    /// Write lessons as pages.
    Page(PageOptions),
    /// Convert between scripts and notebooks.
    Notebook(NotebookOptions),
    /// Install, remove or run the Jupyter kernel.
    Kernel(KernelCommand),
    /// List the exercises, or work on one.
    Exercise(ExerciseOptions),
    /// Snapshot tests of scripts.
    Test(TestArgs),
    /// Check or create a course.
    Course {
        command: CourseCommand,
    },
    /// Check everything a private server needs.
    Doctor,
    /// A completion script.
    Completions {
        shell: Shell,
    },
    /// Definition files for editors.
    Definitions {
        folder: PathBuf,
    },
    /// A file of mongosh or PyMongo as a script.
    Translate {
        file: PathBuf,
        from: Option<SourceLanguage>,
    },
    /// Man pages.
    Man {
        folder: PathBuf,
    },
    /// The prompt.
    Prompt {
        run_init: bool,
    },
    /// Draw a stored recording.
    Timeline {
        name: String,
        target: TimelineTarget,
    },
    /// Read documents from a file.
    Import(ImportArgs),
    /// Write documents to a file.
    Export(ExportArgs),
    /// Control the private server.
    Server {
        command: ServerCommand,
    },
}

impl Action {
    /// Returns whether it runs scripts.
    pub fn runs_scripts(&self) -> bool {
        match self {
            Self::Run { .. } | Self::Eval { .. } | Self::Prompt { .. } | Self::Test(_) => true,
            Self::Lesson(lesson) => lesson.name.is_some(),
            Self::Page(page) => !page.no_run,
            Self::Notebook(notebook) => notebook.run,
            Self::Exercise(exercise) => matches!(
                exercise.work,
                Work::Run { .. } | Work::Next { .. } | Work::Watch
            ),
            Self::Course { command } => matches!(command, CourseCommand::Check(_)),
            _ => false,
        }
    }

    /// Returns whether the whole run has a time limit.
    ///
    /// The prompt and lessons wait for a person; tests have a limit per script.
    fn has_time_limit(&self) -> bool {
        match self {
            Self::Run { .. } | Self::Eval { .. } | Self::Exercise(_) | Self::Page(_) => true,
            Self::Notebook(notebook) => notebook.run,
            Self::Lesson(lesson) => lesson.no_pause,
            _ => false,
        }
    }

    /// Returns whether it runs scripts of a course without `--trust`.
    fn is_untrusted(&self) -> bool {
        match self {
            Self::Lesson(lesson) => lesson.course.is_some() && !lesson.trust,
            Self::Page(page) => page.course.is_some() && !page.trust,
            Self::Exercise(exercise) => exercise.course.is_some() && !exercise.trust,
            Self::Test(test) => !test.trust,
            Self::Course {
                command: CourseCommand::Check(check),
            } => check.folder.is_some() && !check.trust,
            _ => false,
        }
    }
}

/// A connection string and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    pub text: Secret,
    pub origin: UriOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriOrigin {
    /// `--uri`.
    Option,
    /// `MONGODB_URI`.
    Environment,
    /// A parent process that shares its server with this one.
    Trial,
}

/// The options of the private server.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// The mongod that the user named.
    pub mongod: Option<PathBuf>,
    /// The error of the supervisor if it found no mongod.
    pub without_mongod: Option<Error>,
    /// The variable `PATH`.
    pub path: Option<OsString>,
    pub ephemeral: bool,
    pub offline: bool,
    /// The download address of MongoDB's archives; `None` to use none.
    pub archives: Option<Archives>,
    /// Whether to hide progress.
    pub quiet: bool,
    /// The confinement of servers.
    pub confinement: ConfinementSettings,
    /// The environment, to find the folders.
    pub environment: Environment,
}

impl From<PageArgs> for PageOptions {
    fn from(page: PageArgs) -> Self {
        Self {
            lessons: page.lessons,
            out: page.out,
            all: page.all,
            no_run: page.no_run,
            timeline: page.timeline,
            stable: page.stable,
            keep_going: page.keep_going,
            course: page.course,
            trust: page.trust,
        }
    }
}

impl From<NotebookArgs> for NotebookOptions {
    fn from(notebook: NotebookArgs) -> Self {
        Self {
            file: notebook.file,
            out: notebook.out,
            run: notebook.run,
            clear: notebook.clear,
            keep_going: notebook.keep_going,
        }
    }
}

impl ServerOptions {
    /// Returns the settings for the module `server`.
    ///
    /// # Errors
    /// `Server` if the data folder is unknown because there is no home folder.
    pub fn to_server_settings(&self) -> Result<ServerSettings> {
        let folders = Folders::from_xdg(|name| self.environment.get(name).map(ToOwned::to_owned))?;
        let mut settings = ServerSettings::new(folders);
        settings.mongod.clone_from(&self.mongod);
        settings.without_mongod.clone_from(&self.without_mongod);
        settings.path.clone_from(&self.path);
        settings.offline = self.offline;
        settings.archives.clone_from(&self.archives);
        settings.ephemeral = self.ephemeral;
        settings.confinement.clone_from(&self.confinement);
        Ok(settings)
    }
}

impl Settings {
    /// Computes the settings.
    ///
    /// # Errors
    /// `InvalidArgument` if an option or a variable has an invalid value.
    pub fn new(low: LowArgs, environment: &Environment, streams: &Streams) -> Result<Self> {
        let timelines = low.command.as_ref().map_or(&[][..], LowCommand::timelines);
        let timelines = timelines.to_vec();
        let (action, args) = match low.command {
            Some(LowCommand::Run { files, args, .. }) => (Action::Run { sources: files }, args),
            Some(LowCommand::Eval { code, args, .. }) => (Action::Eval { code }, args),
            Some(LowCommand::Lesson {
                name,
                no_pause,
                restart,
                course,
                trust,
                ..
            }) => {
                let lesson = LessonOptions {
                    name,
                    no_pause,
                    restart,
                    course,
                    trust,
                };
                (Action::Lesson(lesson), Vec::new())
            }
            Some(LowCommand::Review) => (Action::Review, Vec::new()),
            Some(LowCommand::Progress) => (Action::Progress, Vec::new()),
            Some(LowCommand::Page(page)) => (Action::Page(page.into()), Vec::new()),
            Some(LowCommand::Notebook(notebook)) => (Action::Notebook(notebook.into()), Vec::new()),
            Some(LowCommand::Kernel(command)) => (Action::Kernel(command), Vec::new()),
            Some(LowCommand::Exercises(course)) => {
                let options = course.into_list();
                (Action::Exercise(options), Vec::new())
            }
            Some(LowCommand::Exercise(low)) => (Action::Exercise(low.into_options()?), Vec::new()),
            Some(LowCommand::Test(test)) => (Action::Test(test), Vec::new()),
            Some(LowCommand::Course(command)) => (Action::Course { command }, Vec::new()),
            Some(LowCommand::Doctor) => (Action::Doctor, Vec::new()),
            Some(LowCommand::Completions { shell }) => (Action::Completions { shell }, Vec::new()),
            Some(LowCommand::Definitions { folder }) => {
                (Action::Definitions { folder }, Vec::new())
            }
            Some(LowCommand::Translate { file, from }) => {
                (Action::Translate { file, from }, Vec::new())
            }
            Some(LowCommand::Man { folder }) => (Action::Man { folder }, Vec::new()),
            Some(LowCommand::Timeline { name, out }) => {
                let target = out.unwrap_or(TimelineTarget::Terminal);
                (Action::Timeline { name, target }, Vec::new())
            }
            Some(LowCommand::Import(import)) => (Action::Import(import), Vec::new()),
            Some(LowCommand::Export(export)) => (Action::Export(export), Vec::new()),
            Some(LowCommand::Server(command)) => (Action::Server { command }, Vec::new()),
            None if streams.input_is_terminal => {
                let run_init = !low.options.no_init;
                (Action::Prompt { run_init }, Vec::new())
            }
            None => {
                let sources = vec![Path::new("-").to_owned()];
                (Action::Run { sources }, Vec::new())
            }
        };
        let options = low.options;
        if options.db.as_deref().is_some_and(str::is_empty) {
            return Err(Error::invalid_argument("`--db` is empty"));
        }
        let wants_private = options.ephemeral || options.mongod.is_some();
        let is_tried_out = matches!(action, Action::Test(_) | Action::Course { .. });
        let uri = match login::uri_of_options(&options) {
            // Tests need empty servers, whose data nobody needs.
            Some(_) if is_tried_out => {
                return Err(Error::invalid_argument(
                    "tests run on their own servers, not on the server of `--uri`",
                )
                .hint("leave out `--uri`"));
            }
            None if is_tried_out => None,
            Some(text) => Some(Uri {
                text,
                origin: UriOrigin::Option,
            }),
            // A course drops collections, so it ignores `MONGODB_URI`.
            None if matches!(
                action,
                Action::Lesson(_) | Action::Page(_) | Action::Exercise(_)
            ) =>
            {
                prompt_uri(environment).or_else(|| trial_server(environment))
            }
            None if wants_private => None,
            None => uri_of(environment)?,
        };
        let uri = login::with_user(uri, &options)?;
        let layers = environment
            .get(LAYERS)
            .and_then(|line| Layers::from_line(line.to_str()?));
        let confined = options.confined || action.is_untrusted();
        let is_of_prompt = environment.get(PROMPT_URI).is_some();
        let uri = match uri {
            Some(Uri {
                origin: UriOrigin::Option,
                ..
            }) if confined && !is_of_prompt => return Err(not_named_by_uri(options.confined)),
            // `MONGODB_URI` is only for trusted scripts.
            _ if confined => trial_server(environment).filter(|_| layers.is_some()),
            uri => uri,
        };
        let ephemeral = options.ephemeral || (confined && uri.is_none());
        let limits = ConfinedLimits::new(&options.limit);
        let timeout = options
            .timeout
            .or_else(|| (confined && action.has_time_limit()).then_some(limits.time));
        let mongod = options
            .mongod
            .or_else(|| environment.get("SEAWORTHY_MONGOD").map(PathBuf::from));
        Ok(Self {
            action,
            uri,
            db: options.db,
            args,
            seed: options.seed,
            timeout,
            limits,
            trace: options.trace,
            // The supervisor of a confined run draws them.
            timelines: match confined && layers.is_some() {
                true => Vec::new(),
                false => timelines,
            },
            recording: environment.get(RECORDING).map(PathBuf::from),
            recorder: None,
            allow_changes: options.allow_changes,
            confined,
            layers: layers.clone(),
            accept_missing_layers: options.accept_missing_layers,
            server: ServerOptions {
                confinement: ConfinementSettings {
                    for_others: confined,
                    required: confined && !options.accept_missing_layers,
                    skip: skipped_layers(environment)?,
                    inherited: layers,
                },
                mongod,
                without_mongod: confined::without_mongod(environment),
                path: environment.get("PATH").map(ToOwned::to_owned),
                ephemeral,
                offline: options.offline,
                archives: archives_of(environment),
                quiet: options.quiet,
                environment: environment.clone(),
            },
        })
    }
}

fn not_named_by_uri(is_confined: bool) -> Error {
    let way_out = match is_confined {
        true => "leave out `--uri`, or `--confined`",
        false => "leave out `--uri`, or add `--trust`",
    };
    Error::invalid_argument(
        "untrusted scripts run on their own server, not on the server of `--uri`",
    )
    .hint(way_out)
}

/// The variable with the connection string of the prompt that started a lesson or an exercise.
pub(super) const PROMPT_URI: &str = "SEAWORTHY_PROMPT_URI";

fn prompt_uri(environment: &Environment) -> Option<Uri> {
    let text = environment.get(PROMPT_URI)?.to_str()?;
    Some(Uri {
        text: Secret::new(text),
        origin: UriOrigin::Option,
    })
}

/// The variable with the file in which the parent process wants the recording of this run.
pub(super) const RECORDING: &str = "SEAWORTHY_RECORDING";

/// The variable with the connection string of a server that the parent process shares.
pub(super) const TRIAL_SERVER: &str = "SEAWORTHY_TRIAL_SERVER";

fn trial_server(environment: &Environment) -> Option<Uri> {
    let text = environment.get(TRIAL_SERVER)?.to_str()?;
    let hosts = ConnectionString::new(text).hosts();
    // Only this program's own servers listen on Unix sockets.
    let is_ours = !hosts.is_empty() && hosts.iter().all(|host| host.starts_with('/'));
    is_ours.then(|| Uri {
        text: Secret::new(text),
        origin: UriOrigin::Trial,
    })
}

/// The limits of untrusted scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfinedLimits {
    /// The size of all servers' data in bytes.
    pub data: u64,
    /// The memory of the program in bytes; `None` for the limit of trusted scripts.
    pub memory: Option<u64>,
    /// The number of concurrent tasks.
    pub tasks: usize,
    /// The duration of a run.
    pub time: Duration,
    /// The size of the output in bytes.
    pub output: u64,
}

impl ConfinedLimits {
    /// Returns the default limits, replaced by those in `given`.
    fn new(given: &[Limit]) -> Self {
        let mut limits = Self {
            data: 1 << 30,
            memory: None,
            tasks: 200,
            time: Duration::from_secs(600),
            output: 10_000_000,
        };
        for limit in given {
            match *limit {
                Limit::Data(bytes) => limits.data = bytes,
                Limit::Memory(bytes) => limits.memory = Some(bytes),
                Limit::Tasks(count) => limits.tasks = count,
                Limit::Time(time) => limits.time = time,
                Limit::Output(bytes) => limits.output = bytes,
            }
        }
        limits
    }
}

/// Returns the confinement layers in `SEAWORTHY_SKIP_LAYERS`, with which tests switch layers off.
fn skipped_layers(environment: &Environment) -> Result<Vec<Layer>> {
    let named = environment.get("SEAWORTHY_SKIP_LAYERS").unwrap_or_default();
    let named = named.to_string_lossy();
    named
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::parse)
        .collect()
}

/// Reads `SEAWORTHY_ARCHIVES`: the address of a mirror, or `none`.
fn archives_of(environment: &Environment) -> Option<Archives> {
    let Some(named) = environment.get("SEAWORTHY_ARCHIVES") else {
        return Some(Archives::default());
    };
    (named != "none").then(|| Archives::at(&named.to_string_lossy()))
}

fn uri_of(environment: &Environment) -> Result<Option<Uri>> {
    let Some(text) = environment.get("MONGODB_URI") else {
        return Ok(None);
    };
    let text = text
        .to_str()
        .ok_or_else(|| Error::invalid_argument("the variable `MONGODB_URI` is not UTF-8"))?;
    Ok(Some(Uri {
        text: Secret::new(text),
        origin: UriOrigin::Environment,
    }))
}
