use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `seaworthy exercise …` as typed.
#[derive(Args, Debug)]
pub struct LowExercise {
    #[command(subcommand)]
    pub command: Option<LowWork>,

    /// The exercise's number, its name, or a part of its name; without one, that which you are at
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// Open your file in $VISUAL or $EDITOR first, and run it when the editor is closed
    #[arg(long)]
    pub edit: bool,

    #[command(flatten)]
    pub course: LowCourse,
}

/// Whose exercises, and where the learner's files are.
#[derive(Args, Debug)]
pub struct LowCourse {
    /// Take the course from this folder, in place of the one in the program
    #[arg(long, global = true, value_name = "DIR")]
    pub course: Option<PathBuf>,

    /// Let that course's scripts reach other servers, and use your private one
    #[arg(long, global = true, requires = "course")]
    pub trust: bool,

    /// Where your copies of the exercises are to be; it is remembered
    #[arg(long, global = true, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

/// What else can be done with an exercise.
#[derive(Debug, Subcommand)]
pub enum LowWork {
    /// Show a hint, and one more each time
    Hint {
        /// The exercise's number, its name, or a part of its name; without one, that which you are at
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Begin anew; what you wrote is kept beside the new copy
    Reset {
        /// The exercise's number, its name, or a part of its name; without one, that which you are at
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Show the course's solution of an exercise that you have solved
    Solution {
        /// The exercise's number, its name, or a part of its name; without one, that which you are at
        #[arg(value_name = "NAME")]
        name: Option<String>,

        /// Show it before you have solved the exercise
        #[arg(long)]
        anyway: bool,
    },
    /// Go on to the next exercise that is not solved
    Next {
        /// Open your file in $VISUAL or $EDITOR first, and run it when the editor is closed
        #[arg(long)]
        edit: bool,
    },
    /// Run your file at every save, with keys for everything else
    Watch {
        /// The exercise's number, its name, or a part of its name; without one, that which you are at
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
}
