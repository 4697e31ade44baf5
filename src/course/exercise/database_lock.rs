use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::model::Exercise;

/// A database reserved for one run of an exercise until this is dropped.
///
/// The first run gets the exercise's default database. A concurrent run gets `NAME_2`, and so on.
/// Each database has a lock file in the state folder. The system releases the lock when the process
/// ends.
#[derive(Debug)]
pub struct DatabaseLock {
    database: String,
    _lock: Option<File>,
}

impl DatabaseLock {
    /// Reserves a database for a run of `exercise`, with a lock file in `folder`.
    ///
    /// If locking is impossible, for example on a full disk, returns the default database.
    pub fn of(exercise: &Exercise, folder: &Path) -> Self {
        let first = exercise.database();
        // Ends, because only running processes hold locks.
        for number in 1_u64.. {
            let database = match number {
                1 => first.clone(),
                number => format!("{first}_{number}"),
            };
            match lock(&folder.join(format!("{database}.lock"))) {
                LockResult::Locked(lock) => {
                    return Self {
                        database,
                        _lock: Some(lock),
                    };
                }
                LockResult::InUse => {}
                LockResult::Impossible => break,
            }
        }
        Self {
            database: first,
            _lock: None,
        }
    }

    /// Returns the database's name.
    pub fn database(&self) -> &str {
        &self.database
    }
}

enum LockResult {
    Locked(File),
    InUse,
    Impossible,
}

fn lock(path: &Path) -> LockResult {
    let made = path.parent().map(|folder| {
        // Only the user may read the state folder.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    });
    let Some(Ok(())) = made else {
        return LockResult::Impossible;
    };
    let Ok(file) = File::create(path) else {
        return LockResult::Impossible;
    };
    match file.try_lock() {
        Ok(()) => LockResult::Locked(file),
        Err(std::fs::TryLockError::WouldBlock) => LockResult::InUse,
        Err(std::fs::TryLockError::Error(_)) => LockResult::Impossible,
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
