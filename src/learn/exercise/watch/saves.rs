use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A save is complete after this time without changes, because editors write several times.
const SETTLED: Duration = Duration::from_millis(80);

/// A file is deleted after this time; some editors remove it for a moment when they save.
const GONE: Duration = Duration::from_secs(1);

/// Detects saves of a file by polling.
///
/// Polling works on every file system, and for editors that replace the file.
#[derive(Debug)]
pub(super) struct SaveWatcher {
    file: PathBuf,
    seen: Option<Stamp>,
    /// The file's unreported state, and the time it was first seen.
    fresh: Option<(Stamp, Instant)>,
    missing_since: Option<Instant>,
}

/// The attributes that change at a save, even with the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl SaveWatcher {
    /// Starts watching.
    pub(super) fn of(file: &Path) -> Self {
        Self {
            seen: stamp(file),
            file: file.to_owned(),
            fresh: None,
            missing_since: None,
        }
    }

    /// Returns whether there was a complete save since the last one reported.
    pub(super) fn is_saved(&mut self, now: Instant) -> bool {
        let Some(stamp) = stamp(&self.file) else {
            self.missing_since.get_or_insert(now);
            self.fresh = None;
            return false;
        };
        self.missing_since = None;
        if self.seen == Some(stamp) {
            self.fresh = None;
            return false;
        }
        match self.fresh {
            Some((fresh, since)) if fresh == stamp => {
                let has_settled = now.duration_since(since) >= SETTLED;
                if has_settled {
                    self.seen = Some(stamp);
                    self.fresh = None;
                }
                has_settled
            }
            _ => {
                self.fresh = Some((stamp, now));
                false
            }
        }
    }

    /// Returns true once after the file was deleted, and not only replaced by an editor.
    pub(super) fn is_gone(&mut self, now: Instant) -> bool {
        let is_gone = self
            .missing_since
            .is_some_and(|since| now.duration_since(since) >= GONE)
            && self.seen.is_some();
        if is_gone {
            self.seen = None;
        }
        is_gone
    }

    /// Takes the current state as reported.
    pub(super) fn take(&mut self) {
        self.seen = stamp(&self.file);
        self.fresh = None;
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(file).ok()?;
    Some(Stamp {
        inode: metadata.ino(),
        size: metadata.size(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_writes_count_as_one_save() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.rhai");
        fs::write(&file, "1").unwrap();
        let mut saves = SaveWatcher::of(&file);
        let mut now = Instant::now();
        assert!(!saves.is_saved(now));
        for text in ["22", "333", "4444"] {
            fs::write(&file, text).unwrap();
            now += Duration::from_millis(40);
            assert!(!saves.is_saved(now));
        }
        // Replaced by a new file, after a moment without a file.
        fs::remove_file(&file).unwrap();
        now += Duration::from_millis(40);
        assert!(!saves.is_saved(now));
        let other = folder.path().join("other");
        fs::write(&other, "55555").unwrap();
        fs::rename(&other, &file).unwrap();
        now += Duration::from_millis(40);
        assert!(!saves.is_saved(now));
        now += SETTLED;
        assert!(saves.is_saved(now));
        now += SETTLED;
        assert!(!saves.is_saved(now));
        assert!(!saves.is_gone(now));

        fs::remove_file(&file).unwrap();
        assert!(!saves.is_saved(now) && !saves.is_gone(now));
        now += GONE;
        assert!(saves.is_gone(now) && !saves.is_gone(now));
        // A file that exists again is a save.
        fs::write(&file, "666666").unwrap();
        assert!(!saves.is_saved(now));
        assert!(saves.is_saved(now + SETTLED));
    }
}
