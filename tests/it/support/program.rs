use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use super::password_search;

/// The exit code and the output of a run.
#[derive(Debug)]
pub struct RunOutput {
    pub code: Option<i32>,
    pub out: String,
    pub errors: String,
}

impl From<Output> for RunOutput {
    fn from(output: Output) -> Self {
        password_search::printed(&output.stdout);
        password_search::printed(&output.stderr);
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Returns a command of the program, without the settings and the home of the user who runs the
/// tests.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
    for folder in ["DATA", "STATE", "CACHE", "CONFIG"] {
        command.env_remove(format!("XDG_{folder}_HOME"));
    }
    command
        .env("HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("home"))
        .env_remove("MONGODB_URI")
        .env_remove("SEAWORTHY_MONGOD")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

/// Runs the program with these arguments.
pub fn seaworthy(args: &[&str]) -> RunOutput {
    command().args(args).output().unwrap().into()
}

/// Evaluates code as `seaworthy eval` does.
pub fn eval(code: &str) -> RunOutput {
    seaworthy(&["eval", code])
}

/// Runs `text` as `script.rhai`, in its folder.
pub fn run_script(text: impl AsRef<[u8]>) -> RunOutput {
    let folder = Scratch::new();
    folder.write("script.rhai", text);
    folder.seaworthy(&["run", "script.rhai"])
}

/// A temporary folder.
pub struct Scratch {
    folder: tempfile::TempDir,
    // Files that the test wrote. The search for passwords ignores them.
    own: Mutex<Vec<PathBuf>>,
}

impl Scratch {
    pub fn new() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Self {
            folder: tempfile::tempdir_in(target).unwrap(),
            own: Mutex::default(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.own.lock().unwrap().push(path.clone());
        path
    }

    /// Runs the program in this folder.
    pub fn seaworthy(&self, args: &[&str]) -> RunOutput {
        command()
            .args(args)
            .current_dir(self.path())
            .output()
            .unwrap()
            .into()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let own = std::mem::take(&mut *self.own.lock().unwrap());
        password_search::stored(self.path(), &own);
    }
}
