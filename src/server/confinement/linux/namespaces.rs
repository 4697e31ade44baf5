use std::fs;
use std::io::{self, Read, Write};

use rustix::process::{Pid, WaitOptions, getgid, getuid, waitpid};
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, UnshareFlags, set_capabilities,
    set_capabilities_secure_bits, unshare_unsafe,
};

use super::view;
use crate::server::confinement::LaunchOrder;

/// Gives this process its own user, mount and network namespaces, with only the accessible files.
/// A program with TCP ports stays in the network of the machine.
///
/// Some systems allow a user namespace and then refuse mounts in it. A process cannot leave the
/// namespace, so a child process tries it first.
pub(crate) fn namespaces(order: &LaunchOrder) -> Result<String, String> {
    try_in_child(order)?;
    enter(order)?;
    Ok(match order.tcp {
        None => "user, mount, network".to_owned(),
        Some(_) => "user, mount".to_owned(),
    })
}

fn try_in_child(order: &LaunchOrder) -> Result<(), String> {
    let (mut reader, mut writer) = io::pipe().map_err(|cause| words(&cause))?;
    // SAFETY: this process has one thread, so the child may do everything that this process may do.
    match unsafe { libc::fork() } {
        -1 => Err(words(&io::Error::last_os_error())),
        0 => {
            let said = enter(order).err().unwrap_or_default();
            let _ = writer.write_all(said.as_bytes());
            // SAFETY: it ends the child without running exit handlers of the parent.
            unsafe { libc::_exit(0) }
        }
        child => {
            drop(writer);
            let mut said = String::new();
            let read = reader.read_to_string(&mut said);
            let status =
                Pid::from_raw(child).map(|child| waitpid(Some(child), WaitOptions::empty()));
            match (read, said.is_empty()) {
                (Ok(_), true) => Ok(()),
                (Ok(_), false) => Err(said),
                (Err(cause), _) => Err(format!("{}: {status:?}", words(&cause))),
            }
        }
    }
}

fn enter(order: &LaunchOrder) -> Result<(), String> {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    let network = match order.tcp {
        None => UnshareFlags::NEWNET,
        Some(_) => UnshareFlags::empty(),
    };
    // SAFETY: this process has one thread, and shares no memory or files with another one.
    let made = unsafe { unshare_unsafe(UnshareFlags::NEWUSER | UnshareFlags::NEWNS | network) };
    made.map_err(|cause| {
        let cause = words(&cause.into());
        format!("the system does not let programs make user namespaces ({cause})")
    })?;
    let failed = |what: &str, cause: io::Error| {
        let cause = words(&cause);
        format!("the system does not let programs use user namespaces: cannot {what} ({cause})")
    };
    keep_user(user, group).map_err(|cause| failed("keep the user", cause))?;
    view::enter(&order.accessible, &order.root).map_err(|cause| failed("mount files", cause))?;
    drop_capabilities().map_err(|cause| failed("give up capabilities", cause.into()))
}

/// Keeps the same user inside and outside, so that files keep their owners.
fn keep_user(user: u32, group: u32) -> io::Result<()> {
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

/// Drops the capabilities of the new user namespace, also for root and for programs executed later.
fn drop_capabilities() -> rustix::io::Result<()> {
    set_capabilities_secure_bits(
        CapabilitiesSecureBits::NO_ROOT | CapabilitiesSecureBits::NO_ROOT_LOCKED,
    )?;
    let none = CapabilitySet::empty();
    set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )
}

fn words(cause: &io::Error) -> String {
    crate::server::plain(cause)
}
