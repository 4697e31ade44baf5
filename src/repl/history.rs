//! The history file: private, shared by all prompts, without passwords.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::history::FileHistory;

use super::editor::Assistant;
use super::secrets::carries_a_password;

/// The first line of rustyline's format, in which line feeds and backslashes are escaped.
const HEADER: &str = "#V2\n";

/// The history file; `None` if there is no folder for it.
///
/// rustyline only reads it. Its own writer would rewrite a full history for each new line, which is
/// slow and can lose everything if the program is killed or the disk is full.
pub(super) struct HistoryFile {
    path: Option<PathBuf>,
    /// The maximum number of lines.
    most: usize,
}

impl HistoryFile {
    pub(super) fn new(path: Option<PathBuf>, most: usize) -> Self {
        Self { path, most }
    }

    /// Loads the lines of earlier sessions into the editor. Ignores errors.
    pub(super) fn load(&self, editor: &mut Editor<Assistant, FileHistory>) {
        let Some(path) = &self.path else {
            return;
        };
        if let Some(folder) = path.parent() {
            let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        let _ = editor.load_history(path);
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        let _ = self.shorten(path, editor.history());
    }

    /// Adds a line to the editor and to the file, unless it contains a password.
    pub(super) fn add(&self, editor: &mut Editor<Assistant, FileHistory>, line: &str) {
        if line.trim().is_empty() || carries_a_password(line) {
            return;
        }
        let added = editor.add_history_entry(line).unwrap_or(false);
        if let (true, Some(path)) = (added, &self.path) {
            let _ = append(path, line);
        }
    }

    /// Removes the oldest lines once the file has twice the maximum number. The change is atomic.
    fn shorten(&self, path: &Path, kept: &FileHistory) -> io::Result<()> {
        let bytes = fs::read(path)?;
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        if lines <= self.most.saturating_mul(2) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        let lines: String = kept.iter().map(|line| escaped(line)).collect();
        new.write_all(HEADER.as_bytes())?;
        new.write_all(lines.as_bytes())?;
        new.persist(path)?;
        Ok(())
    }
}

/// Appends a line under a lock, because other prompts may append at the same time.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    file.lock()?;
    let before = match last_byte(&mut file)? {
        None => HEADER,
        Some(b'\n') => "",
        // A program was killed while it wrote a line.
        Some(_) => "\n",
    };
    file.write_all(format!("{before}{}", escaped(line)).as_bytes())
}

fn last_byte(file: &mut File) -> io::Result<Option<u8>> {
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(Some(last[0]))
}

/// Returns the line in the format of the file.
fn escaped(line: &str) -> String {
    format!("{}\n", line.replace('\\', r"\\").replace('\n', r"\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustyline::history::History;

    fn read(path: &Path) -> Vec<String> {
        let mut history = FileHistory::default();
        history.load(path).unwrap();
        history.iter().cloned().collect()
    }

    #[test]
    fn appended_lines_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let lines = ["plain", "two\nlines", r"back\slash \n", "ünï"];
        for line in lines {
            append(&path, line).unwrap();
        }
        assert_eq!(read(&path), lines);
        // A partly written line does not damage the others.
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"hal")
            .unwrap();
        append(&path, "whole").unwrap();
        assert_eq!(read(&path)[4..], ["hal", "whole"]);
    }

    #[test]
    fn a_file_of_twice_the_limit_keeps_the_last_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let file = HistoryFile::new(Some(path.clone()), 3);
        let mut kept = FileHistory::default();
        kept.set_max_len(3).unwrap();
        for number in 0..6 {
            append(&path, &format!("line {number}")).unwrap();
            kept.add(&format!("line {number}")).unwrap();
            file.shorten(&path, &kept).unwrap();
        }
        assert_eq!(read(&path), ["line 3", "line 4", "line 5"]);
        append(&path, "line 6").unwrap();
        file.shorten(&path, &kept).unwrap();
        assert_eq!(read(&path).len(), 4);
    }
}
