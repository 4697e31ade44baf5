use std::path::PathBuf;

use clap::Subcommand;

use super::course_args::CourseCommand;
use super::exercise_args::{LowCourse, LowExercise};
use super::kernel_args::KernelCommand;
use super::notebook_args::NotebookArgs;
use super::page_args::PageArgs;
use super::server_command::ServerCommand;
use super::shell::Shell;
use super::source_language::SourceLanguage;
use super::test_args::TestArgs;
use super::timeline::{TimelineArgs, TimelineTarget};
use super::transfer_args::{ExportArgs, ImportArgs};

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
