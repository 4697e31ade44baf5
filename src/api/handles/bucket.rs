//! The script type `Bucket`: files in a database (GridFS).

use std::fmt;
use std::fs::File;
use std::io::{Cursor as Bytes, Read, Write};

use bson::{Bson, Document as BsonDocument};
use rhai::{Blob, Dynamic, ImmutableString};
use tempfile::NamedTempFile;

use super::cursor::Cursor;
use super::database::Database;
use super::stored_file::StoredFile;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::api::call::script_path::{cannot, folder_of, to_read, to_write};
use crate::error::Result;
use crate::mongo::gridfs::{self, Upload};
use crate::mongo::{CallError, CallOptions, Client, Concerns};
use crate::values::bson_types::binary::Binary;
use crate::values::codec::convert;

/// A bucket in a script.
#[derive(Clone)]
pub struct Bucket {
    database: Database,
    inner: gridfs::Bucket,
}

impl Bucket {
    /// Returns the bucket that the options of `db.gridfs(…)` name.
    pub fn start(database: &Database, call: &mut Call) -> FunctionResult {
        let mut options = call.options()?;
        let name: Option<String> = options.take_as("bucket_name", "a string")?;
        let inner = gridfs::Bucket {
            database: database.name().to_owned(),
            name: name.unwrap_or_else(|| "fs".to_owned()),
            chunk_size: take_chunk_size(&mut options)?,
            concerns: Concerns::take(&mut options)?,
        };
        Ok(Dynamic::from(Self {
            database: database.clone(),
            inner,
        }))
    }

    fn client(&self) -> Result<Client> {
        self.database.client().open()
    }

    fn open(&self, call: &mut Call) -> std::result::Result<gridfs::StoredFile, CallError> {
        let id = id_of(call)?;
        let interrupt = call.session.interrupt();
        self.inner.open(&self.client()?, interrupt, &id)
    }

    fn open_by_name(&self, call: &mut Call) -> std::result::Result<gridfs::StoredFile, CallError> {
        let name = call.text()?;
        let revision = call.arg().and_then(|revision| revision.as_int().ok());
        let interrupt = call.session.interrupt();
        let revision = revision.unwrap_or(-1);
        self.inner
            .open_by_name(&self.client()?, interrupt, &name, revision)
    }

    /// Stores the content with the options of the call, which are the next argument.
    fn upload(
        &self,
        call: &mut Call,
        name: ImmutableString,
        content: Box<dyn Read + Send>,
    ) -> FunctionResult {
        let mut options = call.options()?;
        let upload = Upload {
            id: options.take("id"),
            name: name.to_string(),
            chunk_size: take_chunk_size(&mut options)?,
            metadata: options.take_as::<BsonDocument>("metadata", "a Document")?,
            content,
        };
        let interrupt = call.session.interrupt();
        let id = self.inner.upload(&self.client()?, interrupt, upload)?;
        Ok(convert::of_bson_value(&id)?)
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, inner } = self;
        write!(f, "<bucket {}.{}>", database.name(), inner.name)
    }
}

methods! { Bucket, "Bucket";
    /// Stores a string, a blob or a Binary as a file, and returns the `_id` of the file.
    ///
    /// Several files can have one name: they are its revisions. `metadata` is stored with the file.
    ///
    /// ```rhai
    /// let fs = db.gridfs();
    /// let id = fs.upload("log.txt", "line 1", #{ metadata: #{ ship: "Odin" } });
    /// assert_eq(fs.find(#{ _id: id }).next().metadata.ship, "Odin");
    /// ```
    method upload(this, call, name: String, content: CONTENT, options?: UPLOAD) {
        let name = call.text()?;
        let content = bytes_of(call.arg().unwrap_or_default());
        this.upload(call, name, Box::new(Bytes::new(content)))
    }

    /// Stores a file of this computer, and returns the `_id` of the stored file.
    ///
    /// The path is below the folder of the script. The file may be larger than the memory.
    ///
    /// ```rhai
    /// save_json("totals.json", #{ orders: 2 });
    /// let id = db.gridfs().upload_file("totals.json", "totals.json");
    /// assert_eq(parse_json(db.gridfs().download(id).as_string()).orders, 2);
    /// ```
    method upload_file(this, call, name: String, path: String, options?: UPLOAD) {
        let name = call.text()?;
        let path = to_read(call)?;
        let file = File::open(&path).map_err(|cause| cannot("read", &path, &cause))?;
        let found = file.metadata().map_err(|cause| cannot("read", &path, &cause))?;
        if !found.is_file() {
            let cause = std::io::Error::from(std::io::ErrorKind::IsADirectory);
            return Err(cannot("read", &path, &cause).into());
        }
        this.upload(call, name, Box::new(file))
    }

    /// Returns the content of the file with this `_id` as a blob.
    ///
    /// `blob.as_string()` makes a string of it. Throws `FileNotFound` if there is no such file.
    ///
    /// ```rhai
    /// let id = db.gridfs().upload("hello.txt", "hello");
    /// assert_eq(db.gridfs().download(id).as_string(), "hello");
    /// assert_throws(errors::FileNotFound, || db.gridfs().download(0));
    /// ```
    method download(this, call, id: Any) -> "Blob" {
        let content = this.open(call)?.read(call.session.interrupt(), None)?;
        Ok(Dynamic::from_blob(content))
    }

    /// Returns the content of the newest file with this name as a blob, or of another revision.
    ///
    /// Revision 0 is the oldest file with the name, 1 the next one; -1 is the newest, -2 the one
    /// before.
    ///
    /// ```rhai
    /// db.gridfs().upload("log.txt", "one");
    /// sleep(0.01);
    /// db.gridfs().upload("log.txt", "two");
    /// assert_eq(db.gridfs().download_by_name("log.txt").as_string(), "two");
    /// assert_eq(db.gridfs().download_by_name("log.txt", 0).as_string(), "one");
    /// ```
    method download_by_name(this, call, name: String, revision?: Integer) -> "Blob" {
        let content = this.open_by_name(call)?.read(call.session.interrupt(), None)?;
        Ok(Dynamic::from_blob(content))
    }

    /// Writes the file with this `_id` to a file of this computer, and returns the number of bytes.
    ///
    /// The path is below the folder of the script. The file appears when it is complete.
    ///
    /// ```rhai
    /// let id = db.gridfs().upload("totals.json", "{\"orders\": 2}");
    /// assert_eq(db.gridfs().download_file(id, "copy.json"), 13);
    /// assert_eq(load_json("copy.json").orders, 2);
    /// ```
    method download_file(this, call, id: Any, path: String) -> "integer" {
        let id = id_of(call)?;
        let path = to_write(call)?;
        let failed = |cause: std::io::Error| cannot("write", &path, &cause);
        let interrupt = call.session.interrupt();
        let mut stored = this.inner.open(&this.client()?, interrupt, &id)?;
        let mut file = NamedTempFile::new_in(folder_of(&path)).map_err(failed)?;
        while let Some(part) = stored.next_part(interrupt)? {
            file.write_all(&part).map_err(failed)?;
        }
        file.persist(&path).map_err(|refused| failed(refused.error))?;
        Ok(convert::count(stored.length()))
    }

    /// Opens the file with this `_id` to read it in parts.
    ///
    /// ```rhai
    /// let id = db.gridfs().upload("hello.txt", "hello");
    /// let file = db.gridfs().open(id);
    /// assert_eq(file.read(2).as_string(), "he");
    /// assert_eq(file.read().as_string(), "llo");
    /// ```
    method open(this, call, id: Any) -> "StoredFile" {
        let file = this.open(call)?;
        Ok(Dynamic::from(StoredFile::new(file, call.session.clone())))
    }

    /// Opens the newest file with this name, or another revision, to read it in parts.
    ///
    /// ```rhai
    /// db.gridfs().upload("hello.txt", "hello");
    /// assert_eq(db.gridfs().open_by_name("hello.txt").length, 5);
    /// ```
    method open_by_name(this, call, name: String, revision?: Integer) -> "StoredFile" {
        let file = this.open_by_name(call)?;
        Ok(Dynamic::from(StoredFile::new(file, call.session.clone())))
    }

    /// Finds the files that match the filter: their `_id`, `filename`, `length`, `uploadDate`,
    /// `chunkSize` and `metadata`, without their content.
    ///
    /// ```rhai
    /// db.gridfs().upload("hello.txt", "hello");
    /// let file = db.gridfs().find(#{ filename: "hello.txt" }).sort("uploadDate", -1).next();
    /// assert_eq([file.length, file.chunkSize], [5, 261120]);
    /// ```
    method find(this, call, filter?: Document, options?: FIND) -> "Cursor" {
        let filter = call.bson()?;
        let options = call.options_document()?;
        Cursor::start(this.inner.find_files(&this.client()?, filter, options), call)
    }

    /// Gives the file with this `_id` another name. Throws `FileNotFound` if there is no such file.
    ///
    /// ```rhai
    /// let id = db.gridfs().upload("hello.txt", "hello");
    /// db.gridfs().rename(id, "ahoy.txt");
    /// assert_eq(db.gridfs().download_by_name("ahoy.txt").as_string(), "hello");
    /// ```
    method rename(this, call, id: Any, name: String) {
        let id = id_of(call)?;
        let name = call.text()?.to_string();
        this.inner.rename(&this.client()?, call.session.interrupt(), id, name)?;
        Ok(Dynamic::UNIT)
    }

    /// Gives all revisions of a file another name.
    ///
    /// ```rhai
    /// db.gridfs().upload("hello.txt", "hello");
    /// db.gridfs().rename_by_name("hello.txt", "ahoy.txt");
    /// assert_eq(db.gridfs().find(#{ filename: "hello.txt" }).to_array(), []);
    /// ```
    method rename_by_name(this, call, name: String, new_name: String) {
        let name = call.text()?.to_string();
        let new_name = call.text()?.to_string();
        this.inner.rename_by_name(&this.client()?, call.session.interrupt(), name, new_name)?;
        Ok(Dynamic::UNIT)
    }

    /// Deletes the file with this `_id`. Throws `FileNotFound` if there is no such file.
    ///
    /// ```rhai
    /// let id = db.gridfs().upload("hello.txt", "hello");
    /// db.gridfs().delete(id);
    /// assert_throws(errors::FileNotFound, || db.gridfs().delete(id));
    /// ```
    method delete(this, call, id: Any) {
        let id = id_of(call)?;
        this.inner.delete(&this.client()?, call.session.interrupt(), id)?;
        Ok(Dynamic::UNIT)
    }

    /// Deletes all revisions of a file.
    ///
    /// ```rhai
    /// db.gridfs().upload("hello.txt", "hello");
    /// db.gridfs().delete_by_name("hello.txt");
    /// assert_eq(db.fs.chunks.count_documents(), 0);
    /// ```
    method delete_by_name(this, call, name: String) {
        let name = call.text()?.to_string();
        this.inner.delete_by_name(&this.client()?, call.session.interrupt(), name)?;
        Ok(Dynamic::UNIT)
    }

    /// Deletes all files of the bucket and its collections.
    ///
    /// ```rhai
    /// db.gridfs().upload("hello.txt", "hello");
    /// db.gridfs().drop();
    /// assert_eq(db.gridfs().find().to_array(), []);
    /// ```
    method drop(this, call) {
        this.inner.drop(&this.client()?, call.session.interrupt())?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the bucket.
    ///
    /// ```rhai
    /// assert_eq(client.shop.gridfs().to_string(), "<bucket shop.fs>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }
}

fn take_chunk_size(options: &mut CallOptions) -> Result<Option<u32>> {
    let bytes: Option<i64> = options.take_as("chunk_size_bytes", "a whole number")?;
    bytes.map(gridfs::Bucket::check_chunk_size).transpose()
}

/// Returns the next argument as the `_id` of a file.
fn id_of(call: &mut Call) -> Result<Bson> {
    convert::to_bson_value(call.arg().unwrap_or_default())
}

fn bytes_of(content: Dynamic) -> Vec<u8> {
    if let Some(binary) = content.read_lock::<Binary>() {
        return binary.bytes().to_vec();
    }
    match content.read_lock::<ImmutableString>() {
        Some(text) => text.as_bytes().to_vec(),
        None => content.clone().try_cast::<Blob>().unwrap_or_default(),
    }
}
