use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::{Accessible, ConfinementSettings, SUBCOMMAND, TcpPorts};

/// The parameters of a launcher: what it confines, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchOrder {
    pub accessible: Accessible,
    /// An empty folder for the confined program's view of the file system.
    pub root: PathBuf,
    pub settings: ConfinementSettings,
    /// The TCP ports that the program may use; `None` for no network at all.
    pub tcp: Option<TcpPorts>,
    /// The environment variable that tells the program its layers; `None` to write a line to the
    /// output instead.
    pub tell: Option<String>,
    /// The process that the program must not outlive.
    pub parent: u32,
}

impl LaunchOrder {
    /// The launcher's exit code if a required layer is missing.
    pub const REFUSED: i32 = 98;

    /// Returns the command that runs `program` confined. Add arguments and environment as usual.
    ///
    /// `seaworthy` is the program to run as launcher; `None` for the running program.
    pub fn command(&self, seaworthy: Option<&Path>, program: &Path) -> Command {
        let mut command = Command::new(seaworthy.unwrap_or(Path::new("/proc/self/exe")));
        let order = serde_json::to_string(self).unwrap_or_default();
        command.arg(SUBCOMMAND).arg(order).arg(program);
        command
    }

    /// Parses the arguments after the subcommand: the order, the program and its arguments.
    pub(super) fn from_arguments(arguments: &[OsString]) -> Option<(Self, &OsString, &[OsString])> {
        let [order, program, arguments @ ..] = arguments else {
            return None;
        };
        let order = serde_json::from_str(order.to_str()?).ok()?;
        Some((order, program, arguments))
    }
}
