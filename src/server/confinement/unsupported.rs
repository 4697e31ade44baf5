use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::LaunchOrder;

const REASON: &str = "only available on Linux";

pub fn namespaces(_order: &LaunchOrder) -> Result<String, String> {
    Err(REASON.to_owned())
}

pub fn landlock(_order: &LaunchOrder) -> Result<String, String> {
    Err(REASON.to_owned())
}

pub fn seccomp(_order: &LaunchOrder) -> Result<String, String> {
    Err(REASON.to_owned())
}

pub fn die_with(_parent: u32) -> bool {
    true
}

pub fn execute(command: &mut Command) -> io::Error {
    command.exec()
}
