use std::fs;
use std::io;

use rustix::process::{getgid, getuid};
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, UnshareFlags, set_capabilities,
    set_capabilities_secure_bits,
};

use super::view;
use crate::server::confinement::LaunchOrder;

/// Gives this process a user, a mount and a network namespace of its own, in which only the accessible files exist.
pub fn namespaces(order: &LaunchOrder) -> Result<String, String> {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    // SAFETY: this process has one thread, and shares no memory or files with another one.
    let made = unsafe {
        rustix::thread::unshare_unsafe(
            UnshareFlags::NEWUSER | UnshareFlags::NEWNS | UnshareFlags::NEWNET,
        )
    };
    made.map_err(|cause| {
        format!(
            "the system does not let programs make user namespaces: {}",
            words(&cause.into())
        )
    })?;
    // From here on there is no way back: a half-made view must not be taken for a whole one.
    let entered = keep_user(user, group)
        .map_err(|cause| ("keep the user in the namespace", cause))
        .and_then(|()| {
            view::enter(&order.accessible, &order.root).map_err(|cause| ("mount the files", cause))
        })
        .and_then(|()| drop_capabilities().map_err(|cause| ("give up capabilities", cause.into())));
    match entered {
        Ok(()) => Ok("user, mount, network".to_owned()),
        Err((what, cause)) => Err(format!("cannot {what}: {}", words(&cause))),
    }
}

/// The same user inside and outside: files keep their owners.
fn keep_user(user: u32, group: u32) -> io::Result<()> {
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

/// Gives up what a new user namespace brings, also for root and for what is executed later.
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
