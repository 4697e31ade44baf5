//! The layers on Linux.

mod landlock;
mod namespaces;
mod seccomp;
mod view;

pub(super) use landlock::landlock;
pub(super) use namespaces::namespaces;
pub(super) use seccomp::seccomp;

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

/// Makes the system kill this process when the thread that started it ends; returns whether the
/// parent still runs.
///
/// A change of credentials, for example a new user namespace, clears the signal that was set
/// before.
pub(super) fn die_with(parent: u32) -> bool {
    let set = set_parent_process_death_signal(Some(Signal::KILL));
    set.is_ok()
        && getppid()
            .map(Pid::as_raw_nonzero)
            .map(|pid| pid.get().cast_unsigned())
            == Some(parent)
}

/// Replaces this process with the command; returns only if that fails.
pub(super) fn execute(command: &mut Command) -> io::Error {
    command.exec()
}
