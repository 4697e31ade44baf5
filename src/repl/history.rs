//! The history: in the state folder, for its owner alone, shared by all prompts, without passwords.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;

use rustyline::Editor;
use rustyline::history::FileHistory;

use super::carries_a_password;
use super::editor::Assistant;

/// The file that lines are kept in; none where there is no folder to keep it in.
pub struct HistoryFile {
    path: Option<PathBuf>,
}

impl HistoryFile {
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// Gives the editor the lines of earlier sessions. A folder that cannot be written to is no error.
    pub fn load(&self, editor: &mut Editor<Assistant, FileHistory>) {
        let Some(path) = &self.path else {
            return;
        };
        if let Some(folder) = path.parent() {
            let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        let _ = editor.load_history(path);
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }

    /// Keeps a line, for this session and for others. One that carries a password is kept nowhere.
    pub fn add(&self, editor: &mut Editor<Assistant, FileHistory>, line: &str) {
        if line.trim().is_empty() || carries_a_password(line) {
            return;
        }
        let added = editor.add_history_entry(line).unwrap_or(false);
        if let (true, Some(path)) = (added, &self.path) {
            let _ = editor.append_history(path);
        }
    }
}
