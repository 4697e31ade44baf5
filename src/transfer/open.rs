//! Files as streams of bytes: compressed or not, with the number of bytes read so far.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use crate::error::{Error, Result, system_words};

/// The size of the buffers.
const BUFFER: usize = 256 * 1024;

/// A file or a stream to read.
pub struct Input {
    pub bytes: Box<dyn BufRead + Send>,
    /// How many bytes of the file were read.
    pub done: Arc<AtomicU64>,
    /// The size of the file; `None` for a stream.
    pub total: Option<u64>,
}

impl Input {
    /// Opens a file, which is unpacked if its name ends in `.gz`.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be opened.
    pub fn file(path: &Path) -> Result<Self> {
        let failed = |cause: io::Error| cannot("read", path, &cause);
        let file = File::open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        if found.is_dir() {
            return Err(Error::invalid_argument(format!(
                "`{}` is a folder, not a file",
                path.display()
            )));
        }
        let done = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            inner: file,
            done: Arc::clone(&done),
        };
        let bytes: Box<dyn BufRead + Send> = if is_packed(path) {
            Box::new(BufReader::with_capacity(
                BUFFER,
                MultiGzDecoder::new(BufReader::with_capacity(BUFFER, counted)),
            ))
        } else {
            Box::new(BufReader::with_capacity(BUFFER, counted))
        };
        Ok(Self {
            bytes,
            done,
            total: found.is_file().then_some(found.len()),
        })
    }

    /// Reads a stream, for example standard input.
    pub fn stream(stream: Box<dyn Read + Send>) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            inner: stream,
            done: Arc::clone(&done),
        };
        Self {
            bytes: Box::new(BufReader::with_capacity(BUFFER, counted)),
            done,
            total: None,
        }
    }
}

struct Counted<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.done.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A file or a stream to write. A file appears only when it is complete.
pub struct Output {
    to: Target,
}

enum Target {
    Stream(BufWriter<Box<dyn Write + Send>>),
    File(PathBuf, BufWriter<NamedTempFile>),
    Packed(PathBuf, Box<GzEncoder<BufWriter<NamedTempFile>>>),
}

impl Output {
    /// Creates a file, which is packed if its name ends in `.gz`.
    ///
    /// # Errors
    /// `InvalidArgument` if it cannot be created.
    pub fn file(path: &Path) -> Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let fresh = NamedTempFile::new_in(folder).map_err(|cause| cannot("write", path, &cause))?;
        let buffer = BufWriter::with_capacity(BUFFER, fresh);
        let to = match is_packed(path) {
            true => Target::Packed(
                path.to_owned(),
                Box::new(GzEncoder::new(buffer, Compression::default())),
            ),
            false => Target::File(path.to_owned(), buffer),
        };
        Ok(Self { to })
    }

    pub fn stream(stream: Box<dyn Write + Send>) -> Self {
        Self {
            to: Target::Stream(BufWriter::with_capacity(BUFFER, stream)),
        }
    }

    pub(super) fn writer(&mut self) -> &mut dyn Write {
        match &mut self.to {
            Target::Stream(stream) => stream,
            Target::File(_, file) => file,
            Target::Packed(_, file) => file,
        }
    }

    /// Writes the rest, and puts the file in its place.
    pub(super) fn finish(self) -> io::Result<()> {
        let (path, file) = match self.to {
            Target::Stream(mut stream) => return stream.flush(),
            Target::File(path, file) => (path, file),
            Target::Packed(path, file) => (path, file.finish()?),
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        // Like every other new file, and not only for its owner as a temporary one.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mask = rustix::process::umask(rustix::fs::Mode::empty());
            rustix::process::umask(mask);
            let mode = 0o666 & !mask.as_raw_mode();
            file.as_file()
                .set_permissions(std::fs::Permissions::from_mode(mode))?;
        }
        file.persist(path)
            .map(drop)
            .map_err(|refused| refused.error)
    }
}

fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

fn cannot(what: &str, path: &Path, cause: &io::Error) -> Error {
    Error::invalid_argument(format!(
        "cannot {what} `{}`: {}",
        path.display(),
        system_words(cause)
    ))
}
