use std::process::Command;

/// Makes the system kill the program when the *thread* that spawns it ends.
///
/// SIGKILL and not SIGTERM, so that a server that hangs ends too. The journal makes this safe.
#[cfg(target_os = "linux")]
pub fn die_with_parent(command: &mut Command) {
    use std::io;
    use std::os::unix::process::CommandExt;

    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};

    let parent = getpid();
    let before_exec = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // If the parent ended before the line above, the signal is never sent.
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

/// Other systems do not have this signal. If the owner is killed there, its server continues, and
/// the next owner joins it.
#[cfg(not(target_os = "linux"))]
pub fn die_with_parent(_command: &mut Command) {}
