use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::timeline::TimelineArgs;
use crate::course::exercise::Language;
use crate::error::{Error, Result};
use crate::learn::exercise::{ExerciseOptions, Work};

/// The arguments of `seaworthy exercise`.
#[derive(Args, Debug)]
pub struct LowExercise {
    #[command(subcommand)]
    pub command: Option<LowWork>,

    /// The number of the exercise, its name, or a part of its name [default: your current exercise]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// Open your file in $VISUAL or $EDITOR, and run it when the editor is closed
    #[arg(long)]
    pub edit: bool,

    #[command(flatten)]
    pub timeline: TimelineArgs,

    #[command(flatten)]
    pub course: LowCourse,
}

/// The course, and the folder with the learner's files.
#[derive(Args, Debug)]
pub struct LowCourse {
    /// Use the course in this folder [default: the built-in course]
    #[arg(long, global = true, value_name = "DIR")]
    pub course: Option<PathBuf>,

    /// Let the scripts of that course connect to any server, and use your private server
    #[arg(long, global = true, requires = "course")]
    pub trust: bool,

    /// The folder for your copies of the exercises; the program remembers it
    #[arg(long, global = true, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,

    /// Put the check of the exercise into your copy too, to read it
    #[arg(long, global = true)]
    pub with_check: bool,
}

/// The commands about an exercise.
#[derive(Debug, Subcommand)]
pub enum LowWork {
    /// Show a hint, and one more hint each time
    Hint {
        /// The number of the exercise, its name, or a part of its name [default: your current exercise]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Start the exercise again; your old text is kept next to the new copy
    Reset {
        /// The number of the exercise, its name, or a part of its name [default: your current exercise]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Show the solution of the course for an exercise that you have solved
    Solution {
        /// The number of the exercise, its name, or a part of its name [default: your current exercise]
        #[arg(value_name = "NAME")]
        name: Option<String>,

        /// Show it even if you have not solved the exercise
        #[arg(long)]
        anyway: bool,

        /// Show it for another driver
        #[arg(long = "as", value_name = "DRIVER")]
        language: Option<LowLanguage>,
    },
    /// Go to the next exercise that is not solved
    Next {
        /// Open your file in $VISUAL or $EDITOR, and run it when the editor is closed
        #[arg(long)]
        edit: bool,
    },
    /// Run your file each time you save it, with keys for the other commands
    Watch {
        /// The number of the exercise, its name, or a part of its name [default: your current exercise]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
}

/// The drivers for which solutions exist.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LowLanguage {
    Pymongo,
    Node,
}

impl From<LowLanguage> for Language {
    fn from(low: LowLanguage) -> Self {
        match low {
            LowLanguage::Pymongo => Self::Pymongo,
            LowLanguage::Node => Self::Node,
        }
    }
}

impl LowCourse {
    /// Returns the options to list all exercises.
    pub fn into_list(self) -> ExerciseOptions {
        ExerciseOptions {
            work: Work::List,
            name: None,
            course: self.course,
            trust: self.trust,
            dir: self.dir,
            with_check: self.with_check,
        }
    }
}

impl LowExercise {
    /// Returns the options. `exercise 3 hint` means `exercise hint 3`.
    ///
    /// # Errors
    /// `InvalidArgument` if there are two names, or `next` has one.
    pub fn into_options(self) -> Result<ExerciseOptions> {
        let (work, name) = match self.command {
            None => (Work::Run { edit: self.edit }, None),
            Some(LowWork::Hint { name }) => (Work::Hint, name),
            Some(LowWork::Reset { name }) => (Work::Reset, name),
            Some(LowWork::Solution {
                name,
                anyway,
                language,
            }) => {
                let language = language.map(Language::from);
                (Work::Solution { anyway, language }, name)
            }
            Some(LowWork::Next { edit }) => (
                Work::Next {
                    edit: edit || self.edit,
                },
                None,
            ),
            Some(LowWork::Watch { name }) => (Work::Watch, name),
        };
        let name = match (self.name, name) {
            (Some(first), Some(second)) => {
                return Err(Error::invalid_argument(format!(
                    "`{first}` and `{second}` are two exercises"
                ))
                .hint("name only one"));
            }
            (first, second) => first.or(second),
        };
        if name.is_some() && matches!(work, Work::Next { .. }) {
            return Err(Error::invalid_argument(
                "`next` takes no name: it continues from your current exercise",
            )
            .hint("leave the name out, or leave `next` out to go to that exercise"));
        }
        Ok(ExerciseOptions {
            work,
            name,
            course: self.course.course,
            trust: self.course.trust,
            dir: self.course.dir,
            with_check: self.course.with_check,
        })
    }
}
