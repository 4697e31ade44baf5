use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::model::Exercise;

/// The database that one run of an exercise has to itself for as long as this lives.
///
/// The first run has the one of the exercise's own name; whoever runs the same exercise meanwhile gets `NAME_2`, and so on.
/// Each has a lock file in the state folder, which the system lets go of however the process ends.
#[derive(Debug)]
pub struct DatabaseLock {
    database: String,
    _lock: Option<File>,
}

impl DatabaseLock {
    /// A database for a run of `exercise`, among all runs that keep their locks in `folder`.
    ///
    /// Where there can be no lock, on a full disk for example, it is the exercise's own: that must not stop anybody.
    pub fn of(exercise: &Exercise, folder: &Path) -> Self {
        let first = exercise.database();
        // Whoever holds a lock is a process that runs: there is an end to them.
        for number in 1_u64.. {
            let database = match number {
                1 => first.clone(),
                number => format!("{first}_{number}"),
            };
            match lock(&folder.join(format!("{database}.lock"))) {
                Attempt::Got(lock) => {
                    return Self {
                        database,
                        _lock: Some(lock),
                    };
                }
                Attempt::Taken => {}
                Attempt::Impossible => break,
            }
        }
        Self {
            database: first,
            _lock: None,
        }
    }

    /// The database's name.
    pub fn database(&self) -> &str {
        &self.database
    }
}

enum Attempt {
    Got(File),
    Taken,
    Impossible,
}

fn lock(path: &Path) -> Attempt {
    let made = path.parent().map(|folder| {
        // Like everything else in the state folder: nobody else's business.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    });
    let Some(Ok(())) = made else {
        return Attempt::Impossible;
    };
    let Ok(file) = File::create(path) else {
        return Attempt::Impossible;
    };
    match file.try_lock() {
        Ok(()) => Attempt::Got(file),
        Err(std::fs::TryLockError::WouldBlock) => Attempt::Taken,
        Err(std::fs::TryLockError::Error(_)) => Attempt::Impossible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Source;

    fn exercise() -> Exercise {
        let text = "// %% [markdown] exercise lecture=\"A\"\n// # T\n// %% Your part\nlet x = 1;\n// %% Check\nassert(x == 2);\n";
        Exercise::read("01_x", Source::code("01_x.rhai", text)).unwrap()
    }

    #[test]
    fn parallel_runs_use_different_databases() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("deep/exercises");
        let first = DatabaseLock::of(&exercise(), &folder);
        let second = DatabaseLock::of(&exercise(), &folder);
        assert_eq!((first.database(), second.database()), ("01_x", "01_x_2"));
        let third = DatabaseLock::of(&exercise(), &folder);
        assert_eq!(third.database(), "01_x_3");
        drop(second);
        assert_eq!(DatabaseLock::of(&exercise(), &folder).database(), "01_x_2");
        drop(first);
        assert_eq!(DatabaseLock::of(&exercise(), &folder).database(), "01_x");
    }

    #[test]
    fn an_exercise_runs_without_a_lock_folder() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        File::create(&file).unwrap();
        assert_eq!(DatabaseLock::of(&exercise(), &file).database(), "01_x");
    }
}
