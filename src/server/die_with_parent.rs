use std::process::Command;

/// Has the system kill the program, unconditionally, when the *thread* that spawns it ends.
///
/// SIGKILL and not SIGTERM: a server that hangs must go as well, and its journal makes that safe.
#[cfg(target_os = "linux")]
pub fn die_with_parent(command: &mut Command) {
    use std::io;
    use std::os::unix::process::CommandExt;

    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};

    let parent = getpid();
    let before_exec = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have died before the line above; then nobody would send the signal.
        if getppid() != Some(parent) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        Ok(())
    };
    // SAFETY: between fork and exec only three system calls are made; nothing is allocated or locked.
    unsafe {
        command.pre_exec(before_exec);
    }
}

/// Other systems have no such signal: there a killed owner leaves its server behind, to be joined by the next one.
#[cfg(not(target_os = "linux"))]
pub fn die_with_parent(_command: &mut Command) {}
