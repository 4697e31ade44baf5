use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::timeline::TimelineArgs;

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
