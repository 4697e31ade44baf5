//! Where the learner's files are: asked for once, and remembered.

use std::path::{Path, PathBuf};

use super::bench::Bench;
use crate::course::exercise::Desk;
use crate::error::{Error, Result};

/// What is suggested to somebody who is asked.
const SUGGESTED: &str = "seaworthy-exercises";

/// The learner's folder; none where somebody who was asked went away.
///
/// # Errors
/// `InvalidArgument` where there is nobody to ask, or the folder cannot be used.
pub fn desk(bench: &mut Bench) -> Result<Option<Desk>> {
    let known = bench.progress.kept().folder.clone();
    let wanted = match (bench.dir.clone(), &known) {
        (Some(folder), _) => folder,
        (None, Some(folder)) => return Ok(Some(Desk::in_folder(folder))),
        (None, None) if bench.is_terminal => match ask(bench)? {
            Some(folder) => folder,
            None => return Ok(None),
        },
        (None, None) => {
            return Err(
                Error::invalid_argument("nobody said where your exercises are to be")
                    .hint("add `--dir FOLDER`, which is remembered"),
            );
        }
    };
    let folder = usable(bench, &wanted)?;
    if known.as_ref() != Some(&folder) {
        bench.keep(|kept| kept.folder = Some(folder.clone()));
    }
    Ok(Some(Desk::in_folder(&folder)))
}

/// Asks, until there is an answer that can be meant.
fn ask(bench: &Bench) -> Result<Option<PathBuf>> {
    let page = &bench.page;
    let suggested = std::path::absolute(SUGGESTED).unwrap_or_else(|_| SUGGESTED.into());
    let told = page.prose(
        "Each exercise is copied into a folder of yours, where you change it with the editor you like.",
    );
    let question = format!("Which folder? [{}] ", suggested.display());
    let typed = match (told, rustyline::DefaultEditor::new()) {
        (Ok(()), Ok(mut editor)) => editor.readline(&question).ok(),
        _ => None,
    };
    let Some(typed) = typed else {
        return Ok(None);
    };
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Some(suggested));
    }
    // The shell is not here to do it.
    let home = bench.settings.server.environment.get("HOME");
    Ok(Some(match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => typed.into(),
    }))
}

fn usable(bench: &Bench, wanted: &Path) -> Result<PathBuf> {
    let shown = wanted.display();
    let refused =
        |why: &str, hint: &str| Err(Error::invalid_argument(format!("`{shown}` {why}")).hint(hint));
    let Ok(folder) = std::path::absolute(wanted) else {
        return refused("names no folder", "write `--dir FOLDER`");
    };
    if folder.exists() && !folder.is_dir() {
        return refused("is a file", "name a folder; it is made if it is not there");
    }
    if folder.to_str().is_none() {
        return refused("is not UTF-8", "choose a folder with a plain name");
    }
    if let Some(course) = bench.progress.other_course_in(&folder) {
        return refused(
            &format!("holds the exercises of the course `{course}`"),
            "give each course a folder of its own",
        );
    }
    if let Some(course) = bench.course.folder()
        && folder.starts_with(course)
    {
        return refused(
            "lies inside of the course",
            "your copies belong elsewhere: the course's own files stay as they are",
        );
    }
    Ok(folder)
}
