use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::error::{Error, Result, system_words};
use crate::notebook::DISPLAY_NAME;

/// The file in the folder of a kernel.
const FILE: &str = "kernel.json";

/// Where a kernel is installed, so that Jupyter finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelSpec {
    folder: PathBuf,
    name: String,
}

impl KernelSpec {
    /// Returns the kernel of this name in a data folder of Jupyter.
    ///
    /// # Errors
    /// `InvalidArgument` if Jupyter does not accept the name.
    pub fn new(data: &Path, name: &str) -> Result<Self> {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        let is_valid = !name.is_empty() && name.chars().all(is_letter) && !name.starts_with('.');
        if !is_valid {
            return Err(Error::invalid_argument(format!(
                "`{name}` cannot be the name of a kernel"
            ))
            .hint("a name has letters, digits, `.`, `_` and `-`"));
        }
        Ok(Self {
            // Jupyter compares names in lower case.
            folder: data.join("kernels").join(name.to_lowercase()),
            name: name.to_owned(),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes the specification. `command` starts the kernel when the connection file is added.
    ///
    /// # Errors
    /// `InvalidArgument` if the folder cannot be written, or has a kernel of another program.
    pub fn install(&self, command: &[String]) -> Result<()> {
        self.refuse_foreign()?;
        let mut argv = command.to_vec();
        argv.extend(["--connection-file".into(), "{connection_file}".into()]);
        let display_name = match self.name == crate::notebook::KERNEL_NAME {
            true => DISPLAY_NAME.to_owned(),
            false => format!("{DISPLAY_NAME} ({})", self.name),
        };
        let specification = json!({
            "argv": argv,
            "display_name": display_name,
            "language": "rhai",
            // A signal could meet another part of the program; a message is for the cell.
            "interrupt_mode": "message",
            "kernel_protocol_version": super::message::PROTOCOL,
            "metadata": { "debugger": false },
        });
        let shown = self.folder.display();
        let failed = |cause: std::io::Error| {
            let words = system_words(&cause);
            Error::invalid_argument(format!("`{shown}` cannot be written: {words}"))
        };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        fs::write(self.file(), format!("{specification:#}\n")).map_err(failed)
    }

    /// Removes the specification. Returns whether there was one.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be removed, or is that of another program.
    pub fn uninstall(&self) -> Result<bool> {
        if self.read().is_none() {
            return Ok(false);
        }
        self.refuse_foreign()?;
        let shown = self.folder.display();
        fs::remove_dir_all(&self.folder).map_err(|cause| {
            let words = system_words(&cause);
            Error::invalid_argument(format!("`{shown}` cannot be removed: {words}"))
        })?;
        Ok(true)
    }

    /// Returns the command of the installed kernel.
    pub fn command(&self) -> Option<Vec<String>> {
        let argv = self.read()?["argv"].as_array()?.clone();
        let words = argv.iter().filter_map(Value::as_str);
        Some(words.map(ToOwned::to_owned).collect())
    }

    fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn read(&self) -> Option<Value> {
        let text = fs::read_to_string(self.file()).ok()?;
        serde_json::from_str(&text).ok()
    }

    fn refuse_foreign(&self) -> Result<()> {
        match self.read() {
            Some(other) if other["language"] != "rhai" => Err(Error::invalid_argument(format!(
                "`{}` has the kernel of another program",
                self.folder.display()
            ))
            .hint("choose another name with `--name`")),
            _ => Ok(()),
        }
    }
}
