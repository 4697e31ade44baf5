use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The files and folders that a confined program can reach. A folder stands for everything in it. Paths that do not exist
/// are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accessible {
    /// What it can read and execute.
    pub read: Vec<PathBuf>,
    /// What it can read, change, make and remove.
    pub write: Vec<PathBuf>,
}

/// Programs, libraries and what they look up. Not all of `/etc`: it holds secrets that root can read.
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

/// Devices that forget what is written to them.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero"];

/// What a program on a terminal needs.
const TERMINAL: &[&str] = &["/dev/tty", "/dev/pts"];

impl Accessible {
    /// What any program needs to run, and the folder that `program` is in.
    pub fn to_run(program: &Path) -> Self {
        let mut accessible = Self {
            read: SYSTEM.iter().map(PathBuf::from).collect(),
            write: DEVICES.iter().map(PathBuf::from).collect(),
        };
        if let Some(folder) = program.parent() {
            accessible.read.push(folder.to_owned());
            // Programs outside of `/usr` often bring their libraries along.
            accessible
                .read
                .extend(folder.parent().map(|above| above.join("lib")));
        }
        accessible
    }

    /// The same with the terminal.
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
