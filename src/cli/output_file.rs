use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Kind, Result};
use crate::render::Printer;

/// Where a page or a notebook goes. The file exists beside its place before anything runs, so that a
/// folder that cannot be written is found at once. An existing file is replaced at the end.
pub(super) enum OutputFile {
    Stdout,
    File { file: NamedTempFile, path: PathBuf },
}

impl OutputFile {
    /// Returns the output for a path; `-` means standard output.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be written.
    pub(super) fn new(path: PathBuf) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        if path.is_dir() {
            return Err(cannot_write(&path, "it is a folder"));
        }
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let file = tempfile::Builder::new()
            .prefix(".page")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(|cause| cannot_write(&path, &cause.to_string()))?;
        Ok(Self::File { file, path })
    }

    /// Writes the text, and prints the name and the size of the file.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be written.
    pub(super) fn write(self, text: &str, printer: &Printer) -> Result<()> {
        let failed = |cause: std::io::Error| Error::new(Kind::Server, cause.to_string());
        match self {
            Self::Stdout => printer.text(text).map_err(failed),
            Self::File { mut file, path } => {
                file.write_all(text.as_bytes())
                    .map_err(|cause| cannot_write(&path, &cause.to_string()))?;
                file.persist(&path)
                    .map_err(|cause| cannot_write(&path, &cause.error.to_string()))?;
                let kilobytes = text.len().div_ceil(1000);
                let line = format!("{} ({kilobytes} KB)\n", path.display());
                printer.text(&line).map_err(failed)
            }
        }
    }
}

/// Returns the error for a file that cannot be written.
pub(super) fn cannot_write(path: &Path, why: &str) -> Error {
    let path = path.display();
    Error::invalid_argument(format!("`{path}` cannot be written: {why}"))
        .hint("`-o FILE` names a file in a folder that exists")
}
