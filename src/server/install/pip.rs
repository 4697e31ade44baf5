use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::server::die_with_parent::die_with_parent;
use crate::server::find::run_bounded;

/// The `pip` of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pip {
    program: PathBuf,
    /// The arguments that make the program run `pip`.
    leading: &'static [&'static str],
    search: OsString,
}

impl Pip {
    /// Returns the first of `python3 -I -m pip`, `pip3` and `pip` that runs. With `-I`, Python does
    /// not load modules from the current folder.
    pub(crate) fn find(search: &OsStr) -> Option<Self> {
        let forms: [(&str, &'static [&'static str]); 3] = [
            ("python3", &["-I", "-m", "pip"]),
            ("pip3", &[]),
            ("pip", &[]),
        ];
        forms.into_iter().find_map(|(name, leading)| {
            let program = std::env::split_paths(search)
                .filter(|folder| folder.is_absolute())
                .map(|folder| folder.join(name))
                .find(|candidate| candidate.is_file())?;
            let pip = Self {
                program,
                leading,
                search: search.to_owned(),
            };
            pip.runs().then_some(pip)
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(self.leading)
            .env("PATH", &self.search)
            // Python would load modules from the current folder.
            .current_dir("/")
            .stdin(Stdio::null());
        command
    }

    fn runs(&self) -> bool {
        self.version().is_some()
    }

    /// Returns its version line: `pip 23.2.1 from … (python 3.11)`.
    pub(crate) fn version(&self) -> Option<String> {
        // Python on a slow disk can need seconds for this.
        let answer = run_bounded(self.command().arg("--version"), Duration::from_secs(30)).ok()?;
        let said = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        answer.status.success().then_some(said)
    }

    /// Returns the command that downloads one wheel to `folder`, with its temporary files.
    pub(crate) fn download(&self, package: &str, folder: &Path) -> Command {
        let mut command = self.command();
        command
            .args([
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--no-cache-dir",
                "--no-input",
            ])
            .args(["--disable-pip-version-check", "--progress-bar", "off", "-d"])
            .arg(folder)
            .arg(package)
            .env("TMPDIR", folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // If this process ends, the download is useless.
        die_with_parent(&mut command);
        command
    }
}
