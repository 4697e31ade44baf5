use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A file that has not changed for this long is whole: editors write several times in a row.
const SETTLED: Duration = Duration::from_millis(80);

/// A file that is not there for this long was not only renamed.
const GONE: Duration = Duration::from_secs(1);

/// Looks whether a file was saved, every time it is asked.
///
/// It looks at the file itself and not at what the system reports about folders: that works on every file system, for
/// editors that write, and for those that put a new file in the old one's place.
#[derive(Debug)]
pub(super) struct Saves {
    file: PathBuf,
    seen: Option<Stamp>,
    /// What the file is now, and since when, as far as that was not reported yet.
    fresh: Option<(Stamp, Instant)>,
    missing_since: Option<Instant>,
}

/// What changes when a file is saved, even with the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Saves {
    /// Looks from now on.
    pub(super) fn of(file: &Path) -> Self {
        Self {
            seen: stamp(file),
            file: file.to_owned(),
            fresh: None,
            missing_since: None,
        }
    }

    /// Whether the file was saved since the last time, and has come to rest. Many saves in a row are one.
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

    /// Whether the file has gone, and not only for the moment in which an editor replaces it. Told once.
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

    /// What is there now is known.
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
        let mut saves = Saves::of(&file);
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
