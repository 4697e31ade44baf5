use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use bson::{Bson, Document, doc};
use futures_util::future::BoxFuture;
use futures_util::io::AsyncWriteExt;
use mongodb::IndexModel;
use mongodb::error::ErrorKind;
use mongodb::gridfs::GridFsBucket;
use mongodb::options::{GridFsBucketOptions, IndexOptions};

use super::StoredFile;
use crate::error::{Error, Kind, Result};
use crate::mongo::allow_list::permit::Permit;
use crate::mongo::call_error::CallError;
use crate::mongo::client::Client;
use crate::mongo::cursor::Cursor;
use crate::mongo::interrupt::Interrupt;
use crate::mongo::options::concerns::Concerns;
use crate::mongo::query::{Query, QueryKind};

/// How much is read at a time from a file that is uploaded.
const READ_SIZE: usize = 1 << 20;

/// The largest chunk: its document must not be larger than 16 MiB.
const LARGEST_CHUNK: i64 = (16 << 20) - 1024;

/// A bucket of a database.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub database: String,
    pub name: String,
    pub chunk_size: Option<u32>,
    pub concerns: Concerns,
}

/// A file to upload.
pub struct Upload {
    pub id: Option<Bson>,
    pub name: String,
    pub chunk_size: Option<u32>,
    pub metadata: Option<Document>,
    pub content: Box<dyn Read + Send>,
}

impl Bucket {
    /// Returns the size of a chunk if a chunk can have it.
    ///
    /// # Errors
    /// `InvalidArgument` for 0 and for sizes that do not fit in a document.
    pub fn check_chunk_size(bytes: i64) -> Result<u32> {
        let size = u32::try_from(bytes).ok();
        size.filter(|_| (1..=LARGEST_CHUNK).contains(&bytes))
            .ok_or_else(|| {
                Error::invalid_argument(format!("a chunk cannot have {bytes} bytes"))
                    .hint(format!("write a number from 1 to {LARGEST_CHUNK}"))
            })
    }

    pub fn files(&self) -> String {
        format!("{}.files", self.name)
    }

    pub fn chunks(&self) -> String {
        format!("{}.chunks", self.name)
    }

    /// Checks whether the script may change this bucket.
    fn may_change(&self, client: &Client, parts: &[&Document]) -> Result<Permit> {
        Permit::change(client, &self.database, Some(&self.chunks()), &[])?;
        Permit::change(client, &self.database, Some(&self.files()), parts)
    }

    fn driver(&self, client: &mongodb::Client) -> GridFsBucket {
        let mut options = GridFsBucketOptions::default();
        options.bucket_name = Some(self.name.clone());
        options.chunk_size_bytes = self.chunk_size;
        options.write_concern = self.concerns.write.clone();
        options.read_concern = self.concerns.read.clone();
        options.selection_criteria = self.concerns.selection.clone();
        client.database(&self.database).gridfs_bucket(options)
    }

    /// Runs an operation of the driver's bucket.
    fn run<T: Send + 'static>(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        operation: impl FnOnce(GridFsBucket) -> BoxFuture<'static, mongodb::error::Result<T>>
        + Clone
        + Send
        + 'static,
    ) -> std::result::Result<T, CallError> {
        let bucket = self.clone();
        client.call(interrupt, move |session| {
            operation(bucket.driver(&session.client()))
        })
    }

    /// Stores a file and returns its `_id`.
    pub fn upload(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        upload: Upload,
    ) -> std::result::Result<Bson, CallError> {
        let metadata = upload.metadata.clone().unwrap_or_default();
        self.may_change(client, &[&metadata])?;
        self.create_indexes(client, interrupt)?;
        if let Some(id) = &upload.id {
            self.check_free(client, interrupt, id)?;
        }
        // The operation must be able to run again, but content can be read only once.
        let upload = Arc::new(Mutex::new(Some(upload)));
        self.run(client, interrupt, move |bucket| {
            let upload = upload.lock().unwrap_or_else(PoisonError::into_inner).take();
            Box::pin(async move {
                match upload {
                    Some(upload) => send(&bucket, upload).await,
                    None => Err(ErrorKind::Custom(Arc::new("the content was already read")).into()),
                }
            })
        })
    }

    /// Creates the indexes of the specification. The one that keeps the chunks of a file apart must
    /// be unique, and the driver creates one that is not. Only in an empty bucket.
    fn create_indexes(
        &self,
        client: &Client,
        interrupt: &Interrupt,
    ) -> std::result::Result<(), CallError> {
        let bucket = self.clone();
        client.call(interrupt, move |session| {
            Box::pin(async move {
                let database = session.client().database(&bucket.database);
                let files = database.collection::<Document>(&bucket.files());
                let any = files.find_one(doc! {}).projection(doc! { "_id": 1 });
                if any.await?.is_some() {
                    return Ok(());
                }
                let chunks = database.collection::<Document>(&bucket.chunks());
                create_index(&files, doc! { "filename": 1, "uploadDate": 1 }, false).await?;
                create_index(&chunks, doc! { "files_id": 1, "n": 1 }, true).await
            })
        })
    }

    /// Refuses an `_id` that a file has. Otherwise the driver, after the failed write, would delete
    /// the chunks of that file too.
    fn check_free(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        id: &Bson,
    ) -> std::result::Result<(), CallError> {
        let filter = doc! { "_id": { "$eq": id.clone() } };
        let mut found = self.query(client, self.files(), filter, doc! { "limit": 1 });
        match found.next(interrupt)? {
            None => Ok(()),
            Some(_) => Err(Error::new(
                Kind::DuplicateKey,
                format!(
                    "the bucket `{}` already has a file with the `_id` {id}",
                    self.name
                ),
            )
            .hint("leave `id` out, or delete that file first")
            .into()),
        }
    }

    /// Opens the file with this `_id`.
    pub fn open(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        id: &Bson,
    ) -> std::result::Result<StoredFile, CallError> {
        let filter = doc! { "_id": { "$eq": id.clone() } };
        let mut found = self.query(client, self.files(), filter, doc! { "limit": 1 });
        match found.next(interrupt)? {
            Some(bytes) => Ok(StoredFile::new(self.clone(), client.clone(), &bytes)?),
            None => Err(self.no_file(&format!("with the `_id` {id}")).into()),
        }
    }

    /// Opens a revision of the files with this name: 0 is the oldest one, -1 the newest one.
    pub fn open_by_name(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        name: &str,
        revision: i64,
    ) -> std::result::Result<StoredFile, CallError> {
        let (direction, skip) = match revision {
            0.. => (1, revision),
            _ => (-1, -(revision + 1)),
        };
        let options = doc! { "sort": { "uploadDate": direction, "_id": direction }, "skip": skip, "limit": 1 };
        let mut found = self.query(client, self.files(), doc! { "filename": name }, options);
        match found.next(interrupt)? {
            Some(bytes) => Ok(StoredFile::new(self.clone(), client.clone(), &bytes)?),
            None if revision == -1 => Err(self.no_file(&format!("with the name `{name}`")).into()),
            None => {
                let what = format!("with the name `{name}` and the revision {revision}");
                Err(self.no_file(&what).into())
            }
        }
    }

    pub fn rename(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        id: Bson,
        name: String,
    ) -> std::result::Result<(), CallError> {
        self.may_change(client, &[])?;
        let what = format!("with the `_id` {id}");
        let done = self.run(client, interrupt, |bucket| {
            Box::pin(async move { is_found(bucket.rename(id, name).await) })
        })?;
        self.found(done, &what)
    }

    pub fn rename_by_name(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        name: String,
        new_name: String,
    ) -> std::result::Result<(), CallError> {
        self.may_change(client, &[])?;
        let what = format!("with the name `{name}`");
        let done = self.run(client, interrupt, |bucket| {
            Box::pin(async move { is_found(bucket.rename_by_name(name, new_name).await) })
        })?;
        self.found(done, &what)
    }

    pub fn delete(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        id: Bson,
    ) -> std::result::Result<(), CallError> {
        self.may_change(client, &[])?;
        let what = format!("with the `_id` {id}");
        let done = self.run(client, interrupt, |bucket| {
            Box::pin(async move { is_found(bucket.delete(id).await) })
        })?;
        self.found(done, &what)
    }

    pub fn delete_by_name(
        &self,
        client: &Client,
        interrupt: &Interrupt,
        name: String,
    ) -> std::result::Result<(), CallError> {
        self.may_change(client, &[])?;
        let what = format!("with the name `{name}`");
        let done = self.run(client, interrupt, |bucket| {
            Box::pin(async move { is_found(bucket.delete_by_name(name).await) })
        })?;
        self.found(done, &what)
    }

    pub fn drop(
        &self,
        client: &Client,
        interrupt: &Interrupt,
    ) -> std::result::Result<(), CallError> {
        self.may_change(client, &[])?;
        self.run(client, interrupt, |bucket| {
            Box::pin(async move { bucket.drop().await })
        })
    }

    /// Returns a query on one of the two collections, with the concerns of the bucket.
    pub(super) fn query(
        &self,
        client: &Client,
        collection: String,
        filter: Document,
        options: Document,
    ) -> Cursor {
        Cursor::new(self.find(client, collection, filter, options), None)
    }

    /// Returns the query for files of this bucket.
    pub fn find_files(&self, client: &Client, filter: Document, options: Document) -> Query {
        self.find(client, self.files(), filter, options)
    }

    fn find(
        &self,
        client: &Client,
        collection: String,
        filter: Document,
        options: Document,
    ) -> Query {
        Query {
            client: client.clone(),
            database: self.database.clone(),
            kind: QueryKind::Find { collection, filter },
            options,
            concerns: self.concerns.clone(),
        }
    }

    fn found(&self, is_found: bool, what: &str) -> std::result::Result<(), CallError> {
        match is_found {
            true => Ok(()),
            false => Err(self.no_file(what).into()),
        }
    }

    fn no_file(&self, what: &str) -> Error {
        let message = format!("the bucket `{}` has no file {what}", self.name);
        Error::new(Kind::FileNotFound, message).hint("`find()` of the bucket lists its files")
    }
}

/// Creates an index, if the collection has none with these keys.
async fn create_index(
    collection: &mongodb::Collection<Document>,
    keys: Document,
    unique: bool,
) -> mongodb::error::Result<()> {
    let parts = keys
        .iter()
        .map(|(name, direction)| format!("{name}_{direction}"));
    let name = parts.collect::<Vec<_>>().join("_");
    // An error says that the collection does not exist yet.
    let existing = collection.list_index_names().await.unwrap_or_default();
    if existing.contains(&name) {
        return Ok(());
    }
    let mut options = IndexOptions::default();
    options.unique = unique.then_some(true);
    let index = IndexModel::builder().keys(keys).options(options).build();
    collection.create_index(index).await?;
    Ok(())
}

async fn send(bucket: &GridFsBucket, mut upload: Upload) -> mongodb::error::Result<Bson> {
    let mut open = bucket.open_upload_stream(upload.name);
    if let Some(id) = upload.id {
        open = open.id(id);
    }
    if let Some(size) = upload.chunk_size {
        open = open.chunk_size_bytes(size);
    }
    if let Some(metadata) = upload.metadata {
        open = open.metadata(metadata);
    }
    let mut stream = open.await?;
    let mut buffer = vec![0; READ_SIZE];
    loop {
        let count = match upload.content.read(&mut buffer) {
            Ok(count) => count,
            Err(cause) => {
                stream.abort().await?;
                return Err(cause.into());
            }
        };
        if count == 0 {
            break;
        }
        let written = stream.write_all(&buffer[..count]).await;
        written.map_err(of_the_driver)?;
    }
    stream.close().await.map_err(of_the_driver)?;
    Ok(stream.id().clone())
}

/// Takes the driver's error out of the error of a stream.
fn of_the_driver(error: std::io::Error) -> mongodb::error::Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(inner) => mongodb::error::Error::clone(inner),
        None => error.into(),
    }
}

/// Returns whether the driver found the file.
fn is_found(done: mongodb::error::Result<()>) -> mongodb::error::Result<bool> {
    use mongodb::error::GridFsErrorKind::FileNotFound;
    match done {
        Ok(()) => Ok(true),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::GridFs(FileNotFound { .. }) => Ok(false),
            _ => Err(error),
        },
    }
}
