//! The paths of files that a script reads and writes: below its folder, never in a confined run.

use std::path::{Path, PathBuf};

use super::arguments::Call;
use crate::error::{Error, Result, system_words};

/// Why a confined script cannot use files and input.
pub const NO_FILES: &str = "it has no files and no input";

/// Returns the next argument as the path of an existing file in the folder of the script.
///
/// # Errors
/// `InvalidArgument` if it is outside of the folder or does not exist, or in a confined run.
pub fn to_read(call: &mut Call) -> Result<PathBuf> {
    let path = below_the_folder(call)?;
    let real = path
        .canonicalize()
        .map_err(|cause| cannot("read", &path, &cause))?;
    inside(call, &real, &path)?;
    Ok(path)
}

/// Returns the next argument as the path of a file, possibly new, in the folder of the script.
///
/// # Errors
/// `InvalidArgument` if it is outside of the folder, or in a confined run.
pub fn to_write(call: &mut Call) -> Result<PathBuf> {
    let path = below_the_folder(call)?;
    let real = folder_of(&path)
        .canonicalize()
        .map_err(|cause| cannot("write", &path, &cause))?;
    inside(call, &real, &path)?;
    // A link could lead outside.
    if let Ok(existing) = path.canonicalize() {
        inside(call, &existing, &path)?;
    }
    Ok(path)
}

/// Returns the folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Returns the error for a file that cannot be read or written.
pub fn cannot(what: &str, path: &Path, cause: &std::io::Error) -> Error {
    Error::invalid_argument(format!(
        "cannot {what} `{}`: {}",
        path.display(),
        system_words(cause)
    ))
}

fn below_the_folder(call: &mut Call) -> Result<PathBuf> {
    call.refuse_confined(NO_FILES)?;
    let text = call.text()?;
    let path = Path::new(text.as_str());
    if path.is_absolute() {
        return Err(outside(path));
    }
    Ok(call.session.folder().join(path))
}

fn inside(call: &Call, real: &Path, shown: &Path) -> Result<()> {
    let folder = call.session.folder();
    let root = match folder.as_os_str().is_empty() {
        true => Path::new(".").canonicalize(),
        false => folder.canonicalize(),
    };
    let root = root.map_err(|cause| cannot("read", &folder, &cause))?;
    match real.starts_with(root) {
        true => Ok(()),
        false => Err(outside(shown)),
    }
}

fn outside(path: &Path) -> Error {
    Error::invalid_argument(format!(
        "`{}` is outside of the script's folder",
        path.display()
    ))
    .hint("a script reads and writes files in its own folder and in folders below it")
}
