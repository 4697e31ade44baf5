//! Asks once for the folder of the learner's files, and remembers it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::context::LearnerContext;
use super::options::Work;
use crate::course::exercise::{ExerciseProgress, LearnerFolder};
use crate::error::{Error, Result};

/// The suggested folder.
const SUGGESTED: &str = "seaworthy-exercises";

/// The inputs that decide on the learner's folder.
pub struct FolderQuestion<'a> {
    /// The learner's home folder, for `~/`.
    pub home: Option<OsString>,
    /// `--dir`.
    pub dir: Option<&'a Path>,
    /// The course's folder; `None` for the built-in course.
    pub course: Option<&'a Path>,
    pub is_terminal: bool,
}

/// The learner's folder, determined before a confined run starts.
pub enum FolderChoice {
    Known(PathBuf),
    /// The command needs none, or the run itself reports that it is missing.
    NotNeeded,
    /// The learner left at the question.
    Left,
}

/// Returns the learner's folder, or `None` if the learner left at the question.
///
/// # Errors
/// `InvalidArgument` if the learner cannot be asked, or the folder cannot be used.
pub(super) fn learner_folder(context: &mut LearnerContext) -> Result<Option<LearnerFolder>> {
    let page = &context.page;
    let choice = FolderQuestion {
        home: context.host.home(),
        dir: context.dir.as_deref(),
        course: context.course.folder(),
        is_terminal: context.is_terminal,
    };
    let tell = |words: &str| page.prose(words).is_ok();
    let Some(folder) = choice.find(&context.progress, &tell)? else {
        return Ok(None);
    };
    if context.progress.kept().folder.as_ref() != Some(&folder) {
        context.keep(|kept| kept.folder = Some(folder.clone()));
    }
    Ok(Some(
        LearnerFolder::in_folder(&folder).with_check(context.with_check),
    ))
}

/// Finds, remembers and creates the learner's folder for a confined run. Does not read the course.
///
/// # Errors
/// `InvalidArgument` if the folder cannot be used.
pub fn before_confinement(
    choice: &FolderQuestion,
    work: Work,
    mut progress: ExerciseProgress,
    tell: &dyn Fn(&str) -> bool,
) -> Result<FolderChoice> {
    let uses_folder = !matches!(work, Work::List | Work::Hint | Work::Solution { .. });
    let is_known = choice.dir.is_some() || progress.kept().folder.is_some();
    let may_ask = uses_folder && choice.is_terminal;
    if !(is_known || may_ask) {
        return Ok(FolderChoice::NotNeeded);
    }
    let Some(folder) = choice.find(&progress, tell)? else {
        return Ok(FolderChoice::Left);
    };
    if progress.kept().folder.as_ref() != Some(&folder) {
        // The run reports a full disk.
        let _ = progress.change(|kept| kept.folder = Some(folder.clone()));
    }
    std::fs::create_dir_all(&folder).map_err(|cause| {
        let folder = folder.display();
        Error::invalid_argument(format!("`{folder}` cannot be created: {cause}"))
            .hint("`--dir FOLDER` names another folder for your exercises")
    })?;
    Ok(FolderChoice::Known(folder))
}

impl FolderQuestion<'_> {
    fn find(
        &self,
        progress: &ExerciseProgress,
        tell: &dyn Fn(&str) -> bool,
    ) -> Result<Option<PathBuf>> {
        let known = &progress.kept().folder;
        let wanted = match (self.dir, known) {
            (Some(folder), _) => folder.to_owned(),
            (None, Some(folder)) => return Ok(Some(folder.clone())),
            (None, None) if self.is_terminal => match self.ask(tell) {
                Some(folder) => folder,
                None => return Ok(None),
            },
            (None, None) => {
                return Err(
                    Error::invalid_argument("the folder for your exercises is not known")
                        .hint("add `--dir FOLDER`; the program remembers it"),
                );
            }
        };
        self.usable(&wanted, progress).map(Some)
    }

    /// Asks for a folder.
    fn ask(&self, tell: &dyn Fn(&str) -> bool) -> Option<PathBuf> {
        let suggested = std::path::absolute(SUGGESTED).unwrap_or_else(|_| SUGGESTED.into());
        let told = tell(
            "The program copies each exercise into your folder, where you edit it with any editor.",
        );
        let question = format!("Which folder? [{}] ", suggested.display());
        let typed = match (told, rustyline::DefaultEditor::new()) {
            (true, Ok(mut editor)) => editor.readline(&question).ok(),
            _ => None,
        }?;
        let typed = typed.trim();
        if typed.is_empty() {
            return Some(suggested);
        }
        // No shell expands `~` here.
        Some(match (typed.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => Path::new(home).join(rest),
            _ => typed.into(),
        })
    }

    fn usable(&self, wanted: &Path, progress: &ExerciseProgress) -> Result<PathBuf> {
        let shown = wanted.display();
        let refused = |why: &str, hint: &str| {
            Err(Error::invalid_argument(format!("`{shown}` {why}")).hint(hint))
        };
        let Ok(folder) = std::path::absolute(wanted) else {
            return refused("is not the name of a folder", "write `--dir FOLDER`");
        };
        if folder.exists() && !folder.is_dir() {
            return refused(
                "is a file",
                "name a folder; it is created if it does not exist",
            );
        }
        if folder.to_str().is_none() {
            return refused("is not UTF-8", "choose a folder with a plain name");
        }
        if let Some(course) = progress.other_course_in(&folder) {
            return refused(
                &format!("contains the exercises of the course `{course}`"),
                "use a separate folder for each course",
            );
        }
        if let Some(course) = self.course
            && folder.starts_with(course)
        {
            return refused(
                "is inside the course's folder",
                "choose another folder for your copies",
            );
        }
        Ok(folder)
    }
}
