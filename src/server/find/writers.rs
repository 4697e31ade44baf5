use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Returns a file or folder through which another user could replace `program`, if there is one.
///
/// Checks the program and every folder above it, after resolving links. The administrator, this
/// user and this user's own group are trusted. A folder that everyone can write to must have the
/// sticky bit, like `/tmp`: then users cannot move the files of others.
pub(super) fn open_to_others(program: &Path) -> Option<PathBuf> {
    let program = program.canonicalize().ok()?;
    program
        .ancestors()
        .find(|path| !is_closed(path))
        .map(Path::to_owned)
}

fn is_closed(path: &Path) -> bool {
    let Ok(found) = path.symlink_metadata() else {
        return false;
    };
    let us = rustix::process::geteuid().as_raw();
    let our_group = rustix::process::getegid().as_raw();
    let (mode, is_sticky) = (found.mode(), found.is_dir() && found.mode() & 0o1000 != 0);
    let others = mode & 0o002 != 0;
    let group = mode & 0o020 != 0 && found.gid() != 0 && found.gid() != our_group;
    let owner_is_trusted = found.uid() == 0 || found.uid() == us;
    owner_is_trusted && (is_sticky || !(others || group))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, create_dir, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_world_writable_folder_is_found_at_any_level() {
        let place = tempfile::tempdir().unwrap();
        let above = place.path().canonicalize().unwrap().join("above");
        let below = above.join("below");
        create_dir(&above).unwrap();
        create_dir(&below).unwrap();
        let program = below.join("mongod");
        write(&program, "").unwrap();
        let with_modes = |of_above: u32, of_below: u32, of_program: u32| {
            for (path, mode) in [
                (&above, of_above),
                (&below, of_below),
                (&program, of_program),
            ] {
                set_permissions(path, Permissions::from_mode(mode)).unwrap();
            }
            open_to_others(&program)
        };
        assert_eq!(with_modes(0o755, 0o755, 0o755), None);
        assert_eq!(with_modes(0o755, 0o777, 0o755), Some(below.clone()));
        assert_eq!(with_modes(0o777, 0o755, 0o755), Some(above.clone()));
        assert_eq!(with_modes(0o755, 0o755, 0o757), Some(program.clone()));
        // As in `/tmp`: others may add files, but cannot move ours.
        assert_eq!(with_modes(0o1777, 0o755, 0o755), None);
    }
}
