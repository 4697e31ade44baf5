use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::model::Exercise;
use crate::error::{Error, Result, system_words};
use crate::script::Source;

/// The learner's folder: one file per started exercise. Existing files are never overwritten.
#[derive(Clone, Debug)]
pub struct LearnerFolder {
    folder: PathBuf,
    /// Whether a new copy contains the check.
    with_check: bool,
}

impl LearnerFolder {
    /// Returns the learner's folder at this path, which need not exist yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            with_check: false,
        }
    }

    /// Says whether new copies contain the check.
    #[must_use]
    pub fn with_check(self, with_check: bool) -> Self {
        Self { with_check, ..self }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of the learner's file for an exercise.
    pub fn file(&self, exercise: &Exercise) -> PathBuf {
        self.folder.join(format!("{}.rhai", exercise.name))
    }

    /// Copies the exercise here unless the file exists. Returns whether it was copied.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be written.
    pub fn fetch(&self, exercise: &Exercise) -> Result<bool> {
        let file = self.file(exercise);
        // Not `exists()`: a broken link counts as an existing file.
        if file.symlink_metadata().is_ok() {
            return Ok(false);
        }
        write_new(&self.folder, &file, &exercise.learner_copy(self.with_check)).map_err(
            |error| {
                let (file, why) = (file.display(), system_words(&error));
                Error::invalid_argument(format!("`{file}` cannot be written: {why}"))
                    .hint("`--dir FOLDER` names another folder for your exercises")
            },
        )?;
        Ok(true)
    }

    /// Reads the learner's answer.
    ///
    /// # Errors
    /// `InvalidArgument` if the file cannot be read or is not text.
    pub fn answer(&self, exercise: &Exercise) -> Result<Source> {
        Source::file(&self.file(exercise))
    }

    /// Renames the learner's file and copies the exercise again. Returns the path of the old file.
    ///
    /// # Errors
    /// `InvalidArgument` if a file cannot be moved or written.
    pub fn reset(&self, exercise: &Exercise) -> Result<Option<PathBuf>> {
        let file = self.file(exercise);
        let mut backup = None;
        if file.symlink_metadata().is_ok() {
            let aside = free_name(&file);
            fs::rename(&file, &aside).map_err(|error| {
                let (file, aside) = (file.display(), aside.display());
                let why = system_words(&error);
                Error::invalid_argument(format!("`{file}` cannot be renamed to `{aside}`: {why}"))
            })?;
            backup = Some(aside);
        }
        self.fetch(exercise)?;
        Ok(backup)
    }
}

/// Writes a new file atomically. Keeps an existing one.
fn write_new(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // The usual permissions of a new file, not those of a temporary one.
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    let mut new = builder.permissions(permissions).tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    match new.persist_noclobber(file) {
        Ok(_) => Ok(()),
        // Another terminal has just written the same text.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

/// Returns an unused name: `x.rhai.bak`, `x.rhai.bak2`, …
fn free_name(file: &Path) -> PathBuf {
    let mut count = 1;
    loop {
        let mut name = file.as_os_str().to_owned();
        name.push(".bak");
        if count > 1 {
            name.push(count.to_string());
        }
        let name = PathBuf::from(name);
        if name.symlink_metadata().is_err() {
            return name;
        }
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_keeps_a_backup_of_each_answer() {
        let text = "// %% [markdown] exercise lecture=\"A\"\n// # T\n// %% Your part\nlet x = 1;\n// %% Check\nassert(x == 2);\n";
        let exercise = Exercise::read("01_x", Source::code("01_x.rhai", text)).unwrap();
        let home = tempfile::tempdir().unwrap();
        let learner_folder = LearnerFolder::in_folder(&home.path().join("deep/folder"));
        assert!(learner_folder.fetch(&exercise).unwrap());
        let copy = exercise.learner_copy(false);
        assert_eq!(&**learner_folder.answer(&exercise).unwrap().text(), copy);
        let file = learner_folder.file(&exercise);
        for mine in ["let x = 2;", "let x = 3;"] {
            fs::write(&file, mine).unwrap();
            assert!(!learner_folder.fetch(&exercise).unwrap());
            let backup = learner_folder.reset(&exercise).unwrap().unwrap();
            assert_eq!(fs::read_to_string(backup).unwrap(), mine);
            assert_eq!(fs::read_to_string(&file).unwrap(), copy);
        }
        assert_eq!(fs::read_dir(learner_folder.folder()).unwrap().count(), 3);
    }
}
