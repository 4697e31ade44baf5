use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::confined::{self, LAYERS};
use super::environment::Environment;
use super::limit::Limit;
use super::low_args::{CourseCommand, LowArgs, LowCommand, Shell, TestArgs};
use super::server_command::ServerCommand;
use super::streams::Streams;
use crate::error::{Error, Result};
use crate::learn::exercise::{ExerciseOptions, Work};
use crate::learn::lesson::LessonOptions;
use crate::mongo::ConnectionString;
use crate::server::confinement::{ConfinementSettings, Layer, Layers};
use crate::server::{Archives, Folders, ServerSettings};

/// A text that is never shown: a connection string may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for whoever connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// The command line and the environment together: what is meant.
#[derive(Clone, Debug)]
pub struct Settings {
    pub action: Action,
    /// The server to use; none means a private one.
    pub uri: Option<Uri>,
    /// The database scripts see as `db`, where it is said.
    pub db: Option<String>,
    /// What scripts see as `args`.
    pub args: Vec<String>,
    pub seed: Option<u64>,
    pub timeout: Option<Duration>,
    /// Whether the commands that go to servers are shown.
    pub trace: bool,
    /// The hosts on which lessons may drop collections and make users.
    pub allow_changes: Vec<String>,
    /// Whether the scripts came from somebody else, and may reach nothing but their own servers and their own folder.
    pub confined: bool,
    /// The layers around this process, if it is the confined process of such a run.
    pub layers: Option<Layers>,
    /// What scripts of others may use up.
    pub limits: ConfinedLimits,
    /// Whether scripts of others run where a layer is missing that they need.
    pub accept_missing_layers: bool,
    pub server: ServerOptions,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Scripts, folders of scripts, or `-`.
    Run { sources: Vec<PathBuf> },
    /// Code as typed.
    Eval { code: String },
    /// The list of lessons, or one of them.
    Lesson(LessonOptions),
    /// The list of exercises, or something with one of them.
    Exercise(ExerciseOptions),
    /// Snapshot tests of scripts.
    Test(TestArgs),
    /// What authors do with a course.
    Course { command: CourseCommand },
    /// What a private server needs, examined.
    Doctor,
    /// A completion script.
    Completions { shell: Shell },
    /// Definition files for editors.
    Definitions { folder: PathBuf },
    /// Man pages.
    Man { folder: PathBuf },
    /// The prompt.
    Prompt { run_init: bool },
    /// Something with the private server itself.
    Server { command: ServerCommand },
}

impl Action {
    /// Whether it runs scripts.
    pub fn runs_scripts(&self) -> bool {
        match self {
            Self::Run { .. } | Self::Eval { .. } | Self::Prompt { .. } | Self::Test(_) => true,
            Self::Lesson(lesson) => lesson.name.is_some(),
            Self::Exercise(exercise) => matches!(
                exercise.work,
                Work::Run { .. } | Work::Next { .. } | Work::Watch
            ),
            Self::Course { command } => matches!(command, CourseCommand::Check(_)),
            _ => false,
        }
    }

    /// Whether a run of it has an end in time. A person at a prompt or in a lesson takes the time that they need; tests have
    /// a limit for each script.
    fn has_time_limit(&self) -> bool {
        match self {
            Self::Run { .. } | Self::Eval { .. } | Self::Exercise(_) => true,
            Self::Lesson(lesson) => lesson.no_pause,
            _ => false,
        }
    }

    /// Whether scripts run that came from others, and that nobody said to trust.
    fn is_of_others(&self) -> bool {
        match self {
            Self::Lesson(lesson) => lesson.course.is_some() && !lesson.trust,
            Self::Exercise(exercise) => exercise.course.is_some() && !exercise.trust,
            Self::Test(test) => !test.trust,
            Self::Course {
                command: CourseCommand::Check(check),
            } => !check.trust,
            _ => false,
        }
    }
}

/// A connection string, and who gave it: a mistake in one that was typed is wrong usage.
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
    /// The program that runs this one as a trial.
    Trial,
}

/// What is decided about the private server.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// A mongod that must be used.
    pub mongod: Option<PathBuf>,
    /// Why there is no mongod, if the supervisor of this process did not find one.
    pub without_mongod: Option<Error>,
    /// Where programs are looked for.
    pub path: Option<OsString>,
    pub ephemeral: bool,
    pub offline: bool,
    /// Where MongoDB's own archives are fetched from; `None` for nowhere.
    pub archives: Option<Archives>,
    /// No progress.
    pub quiet: bool,
    /// How servers are confined.
    pub confinement: ConfinementSettings,
    /// The environment, for the folders.
    pub environment: Environment,
}

impl ServerOptions {
    /// The same for the room that starts servers.
    ///
    /// # Errors
    /// `Server` where no folder for data can be named: there is no home.
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
    /// What is meant.
    ///
    /// # Errors
    /// `InvalidArgument` where the environment holds what cannot be meant.
    pub fn new(low: LowArgs, environment: &Environment, streams: &Streams) -> Result<Self> {
        let (action, args) = match low.command {
            Some(LowCommand::Run { files, args }) => (Action::Run { sources: files }, args),
            Some(LowCommand::Eval { code, args }) => (Action::Eval { code }, args),
            Some(LowCommand::Lesson {
                name,
                no_pause,
                restart,
                course,
                trust,
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
            Some(LowCommand::Man { folder }) => (Action::Man { folder }, Vec::new()),
            Some(LowCommand::Server(command)) => (Action::Server { command }, Vec::new()),
            None if streams.input_is_terminal => {
                let run_init = !low.no_init;
                (Action::Prompt { run_init }, Vec::new())
            }
            None => {
                let sources = vec![Path::new("-").to_owned()];
                (Action::Run { sources }, Vec::new())
            }
        };
        let options = low.options;
        if options.db.as_deref().is_some_and(str::is_empty) {
            return Err(Error::invalid_argument("`--db` names no database"));
        }
        let wants_private = options.ephemeral || options.mongod.is_some();
        let is_tried_out = matches!(action, Action::Test(_) | Action::Course { .. });
        let uri = match options.uri {
            // What is tested runs on servers that know nothing of earlier runs, and lose nothing by it.
            Some(_) if is_tried_out => {
                return Err(Error::invalid_argument(
                    "scripts are tested on servers of their own, not on one that `--uri` names",
                )
                .hint("leave out `--uri`"));
            }
            None if is_tried_out => None,
            Some(text) => Some(Uri {
                text,
                origin: UriOrigin::Option,
            }),
            // A course drops collections: it runs on a server that was named for it, or on the private one.
            None if matches!(action, Action::Lesson(_) | Action::Exercise(_)) => {
                prompt_uri(environment).or_else(|| trial_server(environment))
            }
            None if wants_private => None,
            None => uri_of(environment)?,
        };
        let layers = environment
            .get(LAYERS)
            .and_then(|line| Layers::from_line(line.to_str()?));
        let confined = options.confined || action.is_of_others();
        let is_of_prompt = environment.get(PROMPT_URI).is_some();
        let uri = match uri {
            Some(Uri {
                origin: UriOrigin::Option,
                ..
            }) if confined && !is_of_prompt => return Err(not_named_by_uri(options.confined)),
            // What the environment names is for the user's own scripts.
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
        "scripts of others run on a server of their own, not on one that `--uri` names",
    )
    .hint(way_out)
}

/// The connection string of the prompt at which a lesson or an exercise was started.
pub(super) const PROMPT_URI: &str = "SEAWORTHY_PROMPT_URI";

fn prompt_uri(environment: &Environment) -> Option<Uri> {
    let text = environment.get(PROMPT_URI)?.to_str()?;
    Some(Uri {
        text: Secret(text.to_owned()),
        origin: UriOrigin::Option,
    })
}

/// The server that a program shares among the scripts that it tries out.
pub(super) const TRIAL_SERVER: &str = "SEAWORTHY_TRIAL_SERVER";

fn trial_server(environment: &Environment) -> Option<Uri> {
    let text = environment.get(TRIAL_SERVER)?.to_str()?;
    let hosts = ConnectionString::new(text).hosts();
    // Only a server of this program listens on sockets.
    let is_ours = !hosts.is_empty() && hosts.iter().all(|host| host.starts_with('/'));
    is_ours.then(|| Uri {
        text: Secret(text.to_owned()),
        origin: UriOrigin::Trial,
    })
}

/// What scripts of others may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfinedLimits {
    /// Bytes that servers store.
    pub data: u64,
    /// Bytes that the program holds; `None` for what any script may hold.
    pub memory: Option<u64>,
    /// Tasks at once.
    pub tasks: usize,
    /// How long a run takes.
    pub time: Duration,
    /// Bytes of output.
    pub output: u64,
}

impl ConfinedLimits {
    /// The usual limits with those that were given.
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

/// `SEAWORTHY_SKIP_LAYERS` names layers of confinement that are left out, so that tests can look at the others.
fn skipped_layers(environment: &Environment) -> Result<Vec<Layer>> {
    let named = environment.get("SEAWORTHY_SKIP_LAYERS").unwrap_or_default();
    let named = named.to_string_lossy();
    named
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::parse)
        .collect()
}

/// `SEAWORTHY_ARCHIVES` is the address of a mirror, or `none`.
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
        text: Secret(text.to_owned()),
        origin: UriOrigin::Environment,
    }))
}
