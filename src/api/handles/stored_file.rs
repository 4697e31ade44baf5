//! The script type `StoredFile`: a file of a GridFS bucket, read in parts.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{Blob, Dynamic, EvalAltResult, Module};

use crate::api::call::methods;
use crate::api::run::session::Session;
use crate::api::run::termination::stopped;
use crate::mongo::{CallError, gridfs};
use crate::values::codec::convert;

/// A file in a script. Copies share their position.
#[derive(Clone)]
pub struct StoredFile {
    inner: Arc<Mutex<gridfs::StoredFile>>,
    session: Session,
}

impl StoredFile {
    pub fn new(file: gridfs::StoredFile, session: Session) -> Self {
        Self {
            inner: Arc::new(Mutex::new(file)),
            session,
        }
    }

    fn lock(&self) -> MutexGuard<'_, gridfs::StoredFile> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for StoredFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.lock();
        let name = file.file().get_str("filename").unwrap_or("without a name");
        write!(f, "<stored file {name}, {} bytes>", file.length())
    }
}

methods! { StoredFile, "StoredFile";
    /// Returns the next bytes as a blob: as many as asked for, or all up to the end of the file.
    ///
    /// At the end it returns an empty blob. `for part in file { … }` reads the file chunk by chunk.
    ///
    /// ```rhai
    /// let file = db.gridfs().open(db.gridfs().upload("hello.txt", "hello"));
    /// assert_eq(file.read(4).as_string(), "hell");
    /// assert_eq(file.read(4).as_string(), "o");
    /// assert(file.read().is_empty());
    /// ```
    method read(this, call, count?: Count) -> "Blob" {
        let count = call.count()?;
        let bytes = this.lock().read(call.session.interrupt(), count)?;
        Ok(Dynamic::from_blob(bytes))
    }

    /// Moves to a position: the number of bytes from the beginning of the file.
    ///
    /// Only the chunks from there on are read.
    ///
    /// ```rhai
    /// let file = db.gridfs().open(db.gridfs().upload("hello.txt", "hello"));
    /// file.seek(3);
    /// assert_eq(file.read().as_string(), "lo");
    /// ```
    method seek(this, call, position: Count) {
        let position = call.count()?.unwrap_or_default();
        this.lock().seek(position);
        Ok(Dynamic::UNIT)
    }

    /// Returns the position: the number of bytes from the beginning of the file.
    ///
    /// ```rhai
    /// let file = db.gridfs().open(db.gridfs().upload("hello.txt", "hello"));
    /// file.read(2);
    /// assert_eq(file.position, 2);
    /// ```
    property position(this, _call) -> "integer" {
        Ok(convert::count(this.lock().position()))
    }

    /// Returns the number of bytes of the file.
    ///
    /// ```rhai
    /// assert_eq(db.gridfs().open(db.gridfs().upload("hello.txt", "hello")).length, 5);
    /// ```
    property length(this, _call) -> "integer" {
        Ok(convert::count(this.lock().length()))
    }

    /// Returns the document of the file: `_id`, `filename`, `length`, `uploadDate`, `chunkSize` and
    /// `metadata`.
    ///
    /// ```rhai
    /// assert_eq(db.gridfs().open(db.gridfs().upload("hello.txt", "hello")).info.filename, "hello.txt");
    /// ```
    property info(this, _call) -> "Document" {
        Ok(Dynamic::from(convert::of_bson(this.lock().file())?))
    }

    /// Returns a short description of the file.
    ///
    /// ```rhai
    /// let file = db.gridfs().open(db.gridfs().upload("hello.txt", "hello"));
    /// assert_eq(file.to_string(), "<stored file hello.txt, 5 bytes>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }
}

/// Registers `for part in file`.
pub fn register_iterator(module: &mut Module) {
    module.set_iterable_result::<StoredFile, Blob>();
}

impl IntoIterator for StoredFile {
    type Item = std::result::Result<Blob, Box<EvalAltResult>>;
    type IntoIter = Parts;

    fn into_iter(self) -> Parts {
        Parts(self)
    }
}

/// The parts of a file, for a `for` loop.
pub struct Parts(StoredFile);

impl Iterator for Parts {
    type Item = std::result::Result<Blob, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.0.lock().next_part(self.0.session.interrupt());
        next.transpose().map(|part| {
            part.map_err(|failure| match failure {
                CallError::Error(error) => error.into(),
                CallError::Stopped(stop) => stopped(stop),
            })
        })
    }
}
