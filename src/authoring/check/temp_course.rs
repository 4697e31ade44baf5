use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::course::exercise::{Course, Exercise};
use crate::error::{Error, Kind, Result};

/// A temporary folder for running exercises with answers. Dropping this deletes it.
pub struct TempCourse {
    folder: tempfile::TempDir,
    /// The course's other scripts, which solutions may import, by relative path.
    modules: Vec<(PathBuf, Vec<u8>)>,
    next: AtomicUsize,
}

impl TempCourse {
    /// Creates the folder for a course.
    ///
    /// # Errors
    /// `Server` if the folder cannot be created or a module cannot be read.
    pub fn open(course: &Course) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("seaworthy-check-")
            .tempdir()
            .map_err(|error| no_room(&error))?;
        let mut modules = Vec::new();
        for part in course
            .folder()
            .into_iter()
            .flat_map(|root| [root.join("exercises"), root.join("solutions")])
        {
            let of_course = |path: &Path| {
                course
                    .exercises()
                    .iter()
                    .any(|exercise| path == Path::new(&exercise.name).with_extension("rhai"))
            };
            collect(&part, &part, &of_course, &mut modules).map_err(|error| no_room(&error))?;
        }
        Ok(Self {
            folder,
            modules,
            next: AtomicUsize::new(1),
        })
    }

    /// Writes an answer to an exercise; `None` is the exercise as shipped.
    ///
    /// # Errors
    /// `Server` if it cannot be written.
    pub fn write(&self, exercise: &Exercise, answer: Option<&str>) -> Result<WrittenAnswer> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let root = self.folder.path().join(number.to_string());
        let file = format!("{}.rhai", exercise.name);
        let write = || -> io::Result<PathBuf> {
            let (exercises, solutions) = (root.join("exercises"), root.join("solutions"));
            fs::create_dir_all(&exercises)?;
            fs::create_dir_all(&solutions)?;
            fs::write(exercises.join(&file), exercise.source.text().as_bytes())?;
            for (path, bytes) in &self.modules {
                for folder in [&exercises, &solutions] {
                    let path = folder.join(path);
                    fs::create_dir_all(path.parent().unwrap_or(folder))?;
                    fs::write(path, bytes)?;
                }
            }
            match answer {
                None => Ok(exercises.join(&file)),
                Some(text) => {
                    fs::write(solutions.join(&file), text)?;
                    Ok(solutions.join(&file))
                }
            }
        };
        let script = write().map_err(|error| no_room(&error))?;
        Ok(WrittenAnswer { script, root })
    }
}

/// An answer in the temporary course. Dropping this deletes its files.
pub struct WrittenAnswer {
    pub script: PathBuf,
    root: PathBuf,
}

impl Drop for WrittenAnswer {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Reads every script below `folder` for which `of_course` is false: the modules.
pub(super) fn collect(
    root: &Path,
    folder: &Path,
    of_course: &dyn Fn(&Path) -> bool,
    modules: &mut Vec<(PathBuf, Vec<u8>)>,
) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let inside = path.strip_prefix(root).unwrap_or(&path).to_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(root, &path, of_course, modules)?;
        } else if kind.is_file()
            && path.extension().is_some_and(|ending| ending == "rhai")
            && !of_course(&inside)
        {
            modules.push((inside, fs::read(&path)?));
        }
    }
    Ok(())
}

fn no_room(error: &io::Error) -> Error {
    Error::new(
        Kind::Server,
        format!("the course cannot be copied for the test runs: {error}"),
    )
    .hint("make room in the folder for temporary files, or set TMPDIR to another one")
}
