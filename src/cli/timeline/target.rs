use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::error::Error;
use crate::render::timeline::TimelineFormat;

/// The option `--timeline`.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineArgs {
    /// Record the run and draw its timeline to this file, or to the terminal with `-`; may be given several times
    #[arg(long, value_name = "FILE")]
    pub timeline: Vec<TimelineTarget>,
}

/// Where a timeline goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineTarget {
    Terminal,
    File {
        path: PathBuf,
        format: TimelineFormat,
    },
}

impl FromStr for TimelineTarget {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if matches!(text, "-" | "text") {
            return Ok(Self::Terminal);
        }
        let path = PathBuf::from(text);
        let format = TimelineFormat::of(&path)?;
        Ok(Self::File { path, format })
    }
}
