use std::path::PathBuf;

use clap::Args;

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
