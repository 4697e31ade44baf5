use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand};

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
