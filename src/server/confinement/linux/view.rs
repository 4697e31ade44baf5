use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change,
    unmount,
};
use rustix::process::pivot_root;

use crate::server::confinement::Accessible;

/// Changes the root of this process to a file system with only the accessible files. `root` is an
/// empty folder.
///
/// All paths stay the same. Landlock decides what is writable.
pub(super) fn enter(accessible: &Accessible, root: &Path) -> io::Result<()> {
    let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    // Mounts from here on are not visible outside.
    mount_change(
        "/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )?;
    mount(
        "tmpfs",
        root,
        "tmpfs",
        MountFlags::NOSUID | MountFlags::NODEV,
        c"size=1m,mode=755",
    )?;
    let mut paths: Vec<&PathBuf> = accessible.read.iter().chain(&accessible.write).collect();
    // Sorted, so that a folder comes before its content.
    paths.sort();
    paths.dedup();
    for path in paths {
        show(path, root)?;
    }
    // Keep the current folder, so that relative paths still work.
    fs::create_dir_all(below(root, &folder))?;
    std::env::set_current_dir(root)?;
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    std::env::set_current_dir(&folder)
}

/// Mounts `path` below `root`. A link stays a link, and its target is mounted too.
fn show(path: &Path, root: &Path) -> io::Result<()> {
    let Ok(found) = path.symlink_metadata() else {
        return Ok(());
    };
    let place = below(root, path);
    if place.symlink_metadata().is_ok() && !is_empty_folder(&place) {
        // It is in a folder that is already mounted.
        return Ok(());
    }
    if let Some(above) = place.parent() {
        fs::create_dir_all(above)?;
    }
    if found.is_symlink() {
        let target = fs::read_link(path)?;
        match symlink(target, &place) {
            Err(cause) if cause.kind() != ErrorKind::AlreadyExists => return Err(cause),
            _ => {}
        }
        // The target of the link may not exist.
        return path.canonicalize().map_or(Ok(()), |real| show(&real, root));
    }
    if found.is_dir() {
        fs::create_dir_all(&place)?;
    } else {
        fs::File::create(&place)?;
    }
    Ok(mount_bind_recursive(path, &place)?)
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}
