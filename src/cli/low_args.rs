use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::exercise_args::{LowCourse, LowExercise};
use super::kernel_args::KernelCommand;
use super::limit::Limit;
use super::server_command::ServerCommand;
use super::settings::Secret;
use super::timeline::{TimelineArgs, TimelineTarget};
use super::transfer_args::{ExportArgs, ImportArgs};
use crate::translate::Language;

/// The command line as typed. [`Settings`](super::settings::Settings) interprets it.
#[derive(Debug, Parser)]
#[command(
    name = "seaworthy",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("SEAWORTHY_TARGET"), ")"),
    about = "A prompt, a script runner and a course for MongoDB, with a private server of its own",
    long_about = include_str!("help/long_about.txt"),
    after_help = include_str!("help/after_short.txt"),
    after_long_help = include_str!("help/after_long.txt"),
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_precedence_over_arg = true
)]
pub struct LowArgs {
    #[command(subcommand)]
    pub command: Option<LowCommand>,

    /// Open the prompt without running init.rhai first
    #[arg(long)]
    pub no_init: bool,

    #[command(flatten)]
    pub options: LowOptions,
}

/// The subcommands. Without one, the program opens the prompt.
#[derive(Debug, Subcommand)]
pub enum LowCommand {
    /// Run scripts in order and stop at the first one that fails
    #[command(after_help = include_str!("help/after_run.txt"))]
    Run {
        /// Scripts to run; a folder means its .rhai files in name order, `-` means standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,

        #[command(flatten)]
        timeline: TimelineArgs,

        /// Arguments for the scripts, which read them as `args`
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// Run the given code and print the value of its last expression
    Eval {
        /// The code, for example 'db.orders.count_documents()'
        #[arg(allow_negative_numbers = true)]
        code: String,

        #[command(flatten)]
        timeline: TimelineArgs,

        /// Arguments for the code, which reads them as `args`
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// List the lessons, or go through one step by step
    #[command(after_help = include_str!("help/after_lesson.txt"))]
    Lesson {
        /// The number of the lesson, its name, or the beginning of its name
        #[arg(value_name = "NAME")]
        name: Option<String>,

        /// Run the lesson from start to end without waiting for a key
        #[arg(long)]
        no_pause: bool,

        /// Start the lesson from the beginning, not where you stopped
        #[arg(long)]
        restart: bool,

        /// Use the lessons in this folder [default: the built-in lessons]
        #[arg(long, value_name = "DIR")]
        course: Option<PathBuf>,

        /// Let the scripts of that course connect to any server, and use your private server
        #[arg(long, requires = "course")]
        trust: bool,

        #[command(flatten)]
        timeline: TimelineArgs,
    },
    /// Answer up to five questions from finished lessons; they return after 1, 2, 4, 8 days and so on
    Review,
    /// Show your progress in lessons, exercises and the review
    Progress,
    /// Run lessons and write each one as an HTML page
    #[command(after_help = include_str!("help/after_page.txt"))]
    Page(PageArgs),
    /// Convert a script or a lesson into a Jupyter notebook, or a notebook into a script
    #[command(after_help = include_str!("help/after_notebook.txt"))]
    Notebook(NotebookArgs),
    /// Install the kernel with which Jupyter runs notebooks
    #[command(subcommand, after_help = include_str!("help/after_kernel.txt"))]
    Kernel(KernelCommand),
    /// List the exercises by lecture, with your progress
    Exercises(LowCourse),
    /// Work on an exercise: run your copy and report what is still wrong
    #[command(
        after_help = include_str!("help/after_exercise.txt"),
        disable_help_subcommand = true,
        subcommand_precedence_over_arg = true
    )]
    Exercise(LowExercise),
    /// Run scripts and compare the output of each one with its snapshot
    #[command(after_help = include_str!("help/after_test.txt"))]
    Test(TestArgs),
    /// Check a course or create one (for authors)
    #[command(subcommand)]
    Course(CourseCommand),
    /// Check everything a private server needs, start one, and report problems
    #[command(after_help = include_str!("help/after_doctor.txt"))]
    Doctor,
    /// Translate a file of mongosh or PyMongo into a script
    #[command(after_help = include_str!("help/after_translate.txt"))]
    Translate {
        /// The file; `-` means standard input
        file: PathBuf,

        /// The language of the file [default: by its ending, or the one in which more is translated]
        #[arg(long, value_name = "LANGUAGE")]
        from: Option<SourceLanguage>,
    },
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  source <(seaworthy completions bash)")]
    Completions { shell: Shell },
    /// Write Rhai definition files, so that editors know every function
    #[command(after_help = "See docs/prompt.md for the set-up in VS Code.")]
    Definitions {
        /// The folder for the files; it is created if it does not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Write man pages, one for each command
    #[command(after_help = "Example:\n  seaworthy man ~/.local/share/man/man1")]
    Man {
        /// The folder for the pages; it is created if it does not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Draw what the last recorded run did and when
    #[command(after_help = include_str!("help/after_timeline.txt"))]
    Timeline {
        /// The name of a failed test, or `last` for the last recorded run
        #[arg(default_value = "last")]
        name: String,

        /// The file to write; `-` means the terminal [default: -]
        #[arg(short, long, value_name = "FILE")]
        out: Option<TimelineTarget>,
    },
    /// Read documents from a file into a collection
    #[command(after_help = include_str!("help/after_import.txt"))]
    Import(ImportArgs),
    /// Write the documents of a collection to a file
    #[command(after_help = include_str!("help/after_export.txt"))]
    Export(ExportArgs),
    /// Start, stop and inspect the private server
    #[command(subcommand)]
    Server(ServerCommand),
}

/// The options of `seaworthy page`.
#[derive(Args, Debug)]
pub struct PageArgs {
    /// The numbers or names of lessons, or files
    #[arg(
        value_name = "LESSON|FILE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    pub lessons: Vec<String>,

    /// The file to write, or the folder for several pages; `-` means standard output [default: LESSON.html]
    #[arg(short, long, value_name = "OUT")]
    pub out: Option<PathBuf>,

    /// Make a page of each lesson, a page with the exercises, and an index
    #[arg(long)]
    pub all: bool,

    /// Do not run the code; the page then has no outputs
    #[arg(long)]
    pub no_run: bool,

    /// Add a picture of what the run did and when
    #[arg(long, conflicts_with_all = ["no_run", "stable"])]
    pub timeline: bool,

    /// Replace times, ids and other things that differ from run to run
    #[arg(long)]
    pub stable: bool,

    /// Make the page even if a step fails
    #[arg(long)]
    pub keep_going: bool,

    /// Use the lessons in this folder [default: the built-in lessons]
    #[arg(long, value_name = "DIR")]
    pub course: Option<PathBuf>,

    /// Let the scripts of that course connect to any server, and use your private server
    #[arg(long, requires = "course")]
    pub trust: bool,
}

/// The options of `seaworthy notebook`.
#[derive(Args, Debug)]
pub struct NotebookArgs {
    /// A script, a notebook, or the number or name of a lesson or an exercise
    #[arg(value_name = "FILE|LESSON|EXERCISE")]
    pub file: PathBuf,

    /// The file to write; `-` means standard output [default: the same name with .ipynb or .rhai]
    #[arg(short, long, value_name = "OUT")]
    pub out: Option<PathBuf>,

    /// Run the cells and store their outputs in the notebook
    #[arg(long)]
    pub run: bool,

    /// Remove all outputs from the notebook
    #[arg(long, conflicts_with = "run")]
    pub clear: bool,

    /// Store the notebook even if a cell fails
    #[arg(long, requires = "run")]
    pub keep_going: bool,
}

impl LowCommand {
    /// Returns where the timelines of the run go.
    pub fn timelines(&self) -> &[TimelineTarget] {
        match self {
            Self::Run { timeline, .. }
            | Self::Eval { timeline, .. }
            | Self::Lesson { timeline, .. } => &timeline.timeline,
            Self::Exercise(exercise) => &exercise.timeline.timeline,
            Self::Test(test) => &test.timeline.timeline,
            _ => &[],
        }
    }
}

/// Options of every command.
#[derive(Args, Debug)]
pub struct LowOptions {
    /// Connect to this server [default: the private server]
    #[arg(long, global = true, value_name = "URI", conflicts_with_all = ["ephemeral", "mongod"])]
    pub uri: Option<Secret>,

    /// Connect to this host: its name or address, with a port if it is not 27017, or several with commas
    #[arg(long, global = true, value_name = "HOST", conflicts_with_all = ["uri", "ephemeral", "mongod"])]
    pub host: Option<String>,

    /// The port of the host [default: 27017; without --host, localhost is meant]
    #[arg(long, global = true, value_name = "PORT", conflicts_with_all = ["uri", "ephemeral", "mongod"])]
    pub port: Option<u16>,

    /// Log in as this user; the program asks for the password
    #[arg(long, short, global = true, value_name = "NAME", conflicts_with_all = ["ephemeral", "mongod"])]
    pub username: Option<String>,

    /// Ask for the password, which is also asked for without this option; it takes no value
    #[arg(long, short, global = true)]
    pub password: bool,

    /// The database that scripts use as `db` [default: the one in the URI, or lessons]
    #[arg(long, global = true, value_name = "NAME")]
    pub db: Option<String>,

    /// Seed the random functions, so that runs are repeatable
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,

    /// Print each value as one line of Extended JSON, each error and each traced command as one line of JSON
    #[arg(long, global = true)]
    pub json: bool,

    /// Write only errors to stderr, no progress and no notices
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Stop the run after this many seconds, with exit code 124; `0.5` is valid
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub timeout: Option<Duration>,

    /// Write each command sent to a server to stderr, with its server, duration and result
    #[arg(long, global = true)]
    pub trace: bool,

    /// The mongod program to start [default: one on the PATH, or a downloaded one]
    #[arg(long, global = true, value_name = "PATH")]
    pub mongod: Option<PathBuf>,

    /// Use a new private server and delete its data at the end
    #[arg(long, global = true)]
    pub ephemeral: bool,

    /// Let lessons and exercises drop collections and create users on this host, which --uri must name too
    #[arg(long, global = true, value_name = "HOST")]
    pub allow_changes: Vec<String>,

    /// Do not trust the scripts: they can use only a server of their own and their own folder
    #[arg(long, global = true)]
    pub confined: bool,

    /// Set a limit for untrusted scripts: data=1GiB, memory=2GiB, tasks=200, time=600 or output=10MB
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub limit: Vec<Limit>,

    /// Run untrusted scripts even if the system lacks a confinement layer that they need
    #[arg(long, global = true)]
    pub accept_missing_layers: bool,

    /// Never download anything
    #[arg(long, global = true)]
    pub offline: bool,
}

/// The arguments of `test`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct TestArgs {
    /// Scripts, or folders, which are searched with their subfolders
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Save the output of the scripts as their snapshots
    #[arg(long, conflicts_with = "repeat")]
    pub accept: bool,

    /// Only scripts whose path contains this; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,

    /// Run each script N times and report the ones whose output differs
    #[arg(long, value_name = "N", default_value = "1")]
    pub repeat: NonZeroUsize,

    /// Compare only how the scripts end, not what they print
    #[arg(long)]
    pub lax: bool,

    /// Also write the results to this file as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// The folder for the snapshots [default: next to each script]
    #[arg(long, value_name = "DIR")]
    pub snapshots: Option<PathBuf>,

    /// How many scripts run at the same time [default: one per processor, at most 4]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,

    /// Let the scripts connect to any server, as with `run`
    #[arg(long)]
    pub trust: bool,

    #[command(flatten)]
    pub timeline: TimelineArgs,
}

/// The subcommands of `course`.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum CourseCommand {
    /// Check that each exercise fails as shipped, each solution passes, and each check finds broken solutions
    #[command(after_help = include_str!("help/after_course_check.txt"))]
    Check(CheckArgs),
    /// Create a small course: a lesson, an exercise with its solution, a script with its snapshot
    New {
        /// The folder for the course; it must be empty or not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// The arguments of `course check`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct CheckArgs {
    /// The folder of the course [default: the built-in course]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,

    /// Only exercises whose name contains this; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,

    /// Run everything except the mutations N times, each time with another seed
    #[arg(long, value_name = "N", default_value = "1")]
    pub repeat: NonZeroUsize,

    /// Skip the mutations
    #[arg(long)]
    pub quick: bool,

    /// Only measure how hard the texts are to read: sentences, unusual words, length of stories
    #[arg(long)]
    pub readability: bool,

    /// How many scripts run at the same time [default: two per processor, at most 4]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,

    /// Let the scripts connect to any server, as with `run`
    #[arg(long)]
    pub trust: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a number of seconds above 0, such as 30 or 0.5".to_owned())
}

/// The languages that `translate` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SourceLanguage {
    Mongosh,
    Pymongo,
}

impl SourceLanguage {
    pub(super) fn language(self) -> Language {
        match self {
            Self::Mongosh => Language::Mongosh,
            Self::Pymongo => Language::PyMongo,
        }
    }
}

/// The shells that completion scripts are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}
