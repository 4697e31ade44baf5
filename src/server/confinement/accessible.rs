use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The files and folders that a confined program can use. A folder includes its content. Paths that
/// do not exist are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accessible {
    /// Readable and executable paths.
    pub read: Vec<PathBuf>,
    /// Paths that it can also change, create and remove.
    pub write: Vec<PathBuf>,
}

/// Programs, libraries and the files that they read. Not all of `/etc`, which contains secrets that
/// root can read.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/proc",
    "/sys",
    "/dev/urandom",
    "/dev/random",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/crypto-policies",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/ssl/openssl.cnf",
    "/etc/terminfo",
];

/// Devices that do not store what is written to them.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero"];

/// What a program on a terminal needs.
const TERMINAL: &[&str] = &["/dev/tty", "/dev/pts"];

impl Accessible {
    /// Returns what every program needs, and the folder of `program`.
    pub fn to_run(program: &Path) -> Self {
        let mut accessible = Self {
            read: SYSTEM.iter().map(PathBuf::from).collect(),
            write: DEVICES.iter().map(PathBuf::from).collect(),
        };
        if let Some(folder) = program.parent() {
            accessible.read.push(folder.to_owned());
            // Programs outside `/usr` often have their own libraries.
            accessible
                .read
                .extend(folder.parent().map(|above| above.join("lib")));
        }
        accessible
    }

    /// Adds the terminal.
    pub fn and_terminal(mut self) -> Self {
        self.write.extend(TERMINAL.iter().map(PathBuf::from));
        self
    }

    pub fn and_read(mut self, path: impl Into<PathBuf>) -> Self {
        self.read.push(path.into());
        self
    }

    pub fn and_write(mut self, path: impl Into<PathBuf>) -> Self {
        self.write.push(path.into());
        self
    }
}
