use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::exercise::{LowCourse, LowExercise};
use super::limit::Limit;
use super::server_command::ServerCommand;
use super::settings::Secret;

/// The command line as typed. What it means is decided in [`Settings`](super::Settings).
#[derive(Debug, Parser)]
#[command(
    name = "seaworthy",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("SEAWORTHY_TARGET"), ")"),
    about = "A scripting workbench for people who want their MongoDB applications to survive bad days",
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

/// What to do; without any of these, the prompt.
#[derive(Debug, Subcommand)]
pub enum LowCommand {
    /// Run scripts, one after another, up to the first that fails
    #[command(after_help = include_str!("help/after_run.txt"))]
    Run {
        /// Scripts to run; a folder means its .rhai files in name order, `-` the standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,

        /// What the scripts see as `args`
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// Run code given here, and print the value of its last expression
    Eval {
        /// The code, for example 'db.orders.count_documents()'
        #[arg(allow_negative_numbers = true)]
        code: String,

        /// What the code sees as `args`
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// List the lessons, or play one step by step
    #[command(after_help = include_str!("help/after_lesson.txt"))]
    Lesson {
        /// The lesson's number, its name, or the beginning of its name
        #[arg(value_name = "NAME")]
        name: Option<String>,

        /// Play from the start to the end without waiting for anybody
        #[arg(long)]
        no_pause: bool,

        /// Begin anew, wherever you stopped last time
        #[arg(long)]
        restart: bool,

        /// Take the lessons from this folder, in place of those in the program
        #[arg(long, value_name = "DIR")]
        course: Option<PathBuf>,

        /// Let that course's scripts reach other servers, and use your private one
        #[arg(long, requires = "course")]
        trust: bool,
    },
    /// List the exercises by lecture, and how far you came
    Exercises(LowCourse),
    /// Work on an exercise: your copy of it is run, and what is still wrong is said
    #[command(
        after_help = include_str!("help/after_exercise.txt"),
        disable_help_subcommand = true,
        subcommand_precedence_over_arg = true
    )]
    Exercise(LowExercise),
    /// Run scripts and compare what each shows with its snapshot
    #[command(after_help = include_str!("help/after_test.txt"))]
    Test(TestArgs),
    /// Check a course, or begin one: for those who write them
    #[command(subcommand)]
    Course(CourseCommand),
    /// Look at everything that a private server needs, start one, and say what is wrong
    #[command(after_help = include_str!("help/after_doctor.txt"))]
    Doctor,
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  source <(seaworthy completions bash)")]
    Completions { shell: Shell },
    /// Write Rhai definition files, from which editors know every function
    #[command(after_help = "docs/prompt.md tells how VS Code uses them")]
    Definitions {
        /// The folder to write them into; it is made if it is not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Start, stop and look at the private server by hand
    #[command(subcommand)]
    Server(ServerCommand),
}

/// Options of every command.
#[derive(Args, Debug)]
pub struct LowOptions {
    /// The server to use, in place of a private one
    #[arg(long, global = true, value_name = "URI", conflicts_with_all = ["ephemeral", "mongod"])]
    pub uri: Option<Secret>,

    /// The database that scripts see as `db` [default: the URI's, or lessons]
    #[arg(long, global = true, value_name = "NAME")]
    pub db: Option<String>,

    /// Make everything drawn by chance repeatable
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,

    /// Print every value as one line of Extended JSON, and errors and traced commands as one line of JSON each
    #[arg(long, global = true)]
    pub json: bool,

    /// No progress and no notices on the error stream, only errors
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// End the whole run after this long, with exit code 124; fractions are fine
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub timeout: Option<Duration>,

    /// Show each command that goes to a server, with its server, duration and outcome, on the error stream
    #[arg(long, global = true)]
    pub trace: bool,

    /// The mongod to start, in place of the one that is found or fetched
    #[arg(long, global = true, value_name = "PATH")]
    pub mongod: Option<PathBuf>,

    /// Use a fresh private server, and delete its data at the end
    #[arg(long, global = true)]
    pub ephemeral: bool,

    /// Let lessons and exercises drop collections and make users on the server of this name, which --uri names too
    #[arg(long, global = true, value_name = "HOST")]
    pub allow_changes: Vec<String>,

    /// Treat the scripts as somebody else's: they may reach their own server and their own folder, nothing else
    #[arg(long, global = true)]
    pub confined: bool,

    /// Set a limit for scripts of others: data=1GiB, memory=2GiB, tasks=200, time=600 or output=10MB
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub limit: Vec<Limit>,

    /// Run scripts of others also where the system lacks a layer of confinement that they need
    #[arg(long, global = true)]
    pub accept_missing_layers: bool,

    /// Never fetch anything
    #[arg(long, global = true)]
    pub offline: bool,
}

/// What `test` takes.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct TestArgs {
    /// Scripts, and folders with everything in them
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// Keep what the scripts show as their snapshots
    #[arg(long, conflicts_with = "repeat")]
    pub accept: bool,

    /// Only scripts whose path contains this; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,

    /// Run each script so often, and find those that do not always show the same
    #[arg(long, value_name = "N", default_value = "1")]
    pub repeat: NonZeroUsize,

    /// Only errors count, not what is printed
    #[arg(long)]
    pub lax: bool,

    /// Write the results as JUnit XML too
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// Keep snapshots in this folder, mirrored, in place of beside the scripts
    #[arg(long, value_name = "DIR")]
    pub snapshots: Option<PathBuf>,

    /// How many scripts run at a time [default: one for each processor, at most 4]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,

    /// Let the scripts connect anywhere, as `run` does
    #[arg(long)]
    pub trust: bool,
}

/// What authors do with a course.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum CourseCommand {
    /// Find out whether every exercise fails as shipped, every solution passes, and every check notices what is missing
    #[command(after_help = include_str!("help/after_course_check.txt"))]
    Check(CheckArgs),
    /// Make a small course to begin with: a lesson, an exercise, its solution, a tested script
    New {
        /// The folder to make it in; it must be empty, or not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// What `course check` takes.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct CheckArgs {
    /// The course; without it, the one in the program
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,

    /// Only exercises whose name contains this; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,

    /// Run everything but the mutations so often, each time with another seed
    #[arg(long, value_name = "N", default_value = "1")]
    pub repeat: NonZeroUsize,

    /// Leave the mutations out
    #[arg(long)]
    pub quick: bool,

    /// How many scripts run at a time [default: two for each processor, at most 4]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,

    /// Let the scripts connect anywhere, as `run` does
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

/// The shells that completion scripts are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}
