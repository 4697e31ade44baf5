use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::{Accessible, ConfinementSettings, SUBCOMMAND};

/// The order for a launcher: what it confines, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchOrder {
    pub accessible: Accessible,
    /// An empty folder, where the confined program's view of the file system is put together.
    pub root: PathBuf,
    pub settings: ConfinementSettings,
    /// The variable of the environment in which the program finds out about its layers; none for a line on its output.
    pub tell: Option<String>,
    /// The process whose end is the end of the program.
    pub parent: u32,
}

impl LaunchOrder {
    /// The launcher ends with this code if a layer is missing that the settings require.
    pub const REFUSED: i32 = 98;

    /// The command that runs `program` confined. Its arguments and its environment are added as to any other command.
    ///
    /// `seaworthy` is the program that can be a launcher; `None` for the running one.
    pub fn command(&self, seaworthy: Option<&Path>, program: &Path) -> Command {
        let mut command = Command::new(seaworthy.unwrap_or(Path::new("/proc/self/exe")));
        let order = serde_json::to_string(self).unwrap_or_default();
        command.arg(SUBCOMMAND).arg(order).arg(program);
        command
    }

    /// Reads the arguments behind the subcommand: the order, the program and its arguments.
    pub(super) fn from_arguments(arguments: &[OsString]) -> Option<(Self, &OsString, &[OsString])> {
        let [order, program, arguments @ ..] = arguments else {
            return None;
        };
        let order = serde_json::from_str(order.to_str()?).ok()?;
        Some((order, program, arguments))
    }
}
