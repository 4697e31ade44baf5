use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::home::shared_mongod;
use super::{RunOutput, Scratch, Terminal, command};

/// A learner who works on the exercises of `tests/fixtures/course`, in temporary folders.
pub struct Learner {
    pub home: Arc<Scratch>,
    sockets: tempfile::TempDir,
}

impl Learner {
    pub fn new() -> Self {
        let home = Scratch::new();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/course");
        for folder in ["exercises", "solutions"] {
            for entry in fs::read_dir(fixture.join(folder)).unwrap() {
                let file = entry.unwrap().path();
                let name = file.file_name().unwrap().to_str().unwrap();
                home.write(&format!("course/{folder}/{name}"), fs::read(&file).unwrap());
            }
        }
        let sockets = tempfile::Builder::new()
            .prefix("swd-")
            .tempdir_in("/tmp")
            .unwrap();
        Self {
            home: Arc::new(home),
            sockets,
        }
    }

    fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.home.path();
        vec![
            ("HOME", home.to_owned()),
            ("XDG_DATA_HOME", home.join("data")),
            ("XDG_STATE_HOME", home.join("state")),
            ("XDG_RUNTIME_DIR", self.sockets.path().to_owned()),
            ("SEAWORTHY_MONGOD", shared_mongod()),
        ]
    }

    /// `seaworthy exercise …` on the course.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .args(["-q", "exercise", "--course", "course"])
            .args(args)
            .envs(self.variables())
            .env_remove("VISUAL")
            .env_remove("EDITOR")
            .current_dir(self.home.path());
        command
    }

    pub fn exercise(&self, args: &[&str]) -> RunOutput {
        self.command(args).output().unwrap().into()
    }

    /// `seaworthy exercises`.
    pub fn list(&self) -> RunOutput {
        self.list_command().output().unwrap().into()
    }

    pub fn list_command(&self) -> Command {
        let mut command = command();
        command
            .args(["exercises", "--course", "course"])
            .envs(self.variables())
            .current_dir(self.home.path());
        command
    }

    /// Any command of the program in a terminal of 100 columns, with the built-in course.
    pub fn program(&self, args: &[&str]) -> Terminal {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.to_str().unwrap()))
            .collect();
        Terminal::start_in(Arc::clone(&self.home), args, &variables, (100, 100))
    }

    /// `seaworthy exercise …` in a wide terminal, so that paths are not wrapped.
    pub fn terminal(&self, args: &[&str]) -> Terminal {
        self.terminal_with(args, &[])
    }

    /// The same with more variables.
    pub fn terminal_with(&self, args: &[&str], more: &[(&str, &str)]) -> Terminal {
        self.terminal_sized((220, 40), args, more)
    }

    /// The same in a terminal with this number of columns and rows.
    pub fn terminal_sized(
        &self,
        size: (u16, u16),
        args: &[&str],
        more: &[(&str, &str)],
    ) -> Terminal {
        let variables = self.variables();
        let mut variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.to_str().unwrap()))
            .collect();
        variables.extend(more);
        let args = [&["-q", "exercise", "--course", "course"], args].concat();
        Terminal::start_in(Arc::clone(&self.home), &args, &variables, size)
    }

    /// The learner's file of an exercise, for `--dir ex`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("ex").join(format!("{name}.rhai"))
    }

    /// Changes the learner's file as most editors do: a new file replaces it.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let file = self.file(name);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        let new = file.with_extension("new");
        fs::write(&new, text.replace(from, to)).unwrap();
        fs::rename(new, file).unwrap();
    }

    pub fn progress_file(&self) -> PathBuf {
        self.home
            .path()
            .join("data/seaworthy/progress/progress.json")
    }

    /// The saved progress of the course.
    pub fn progress(&self) -> serde_json::Value {
        let file = fs::read(self.progress_file()).unwrap();
        let all: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let courses = all["exercises"].as_object().unwrap();
        courses.values().next().unwrap().clone()
    }
}
