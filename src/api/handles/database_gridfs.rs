//! The method of `Database` for files.

use super::bucket::Bucket;
use super::database::Database;
use crate::api::call::methods;

methods! { Database, "Database";
    /// Returns a GridFS bucket, which stores files of any size in chunks.
    ///
    /// Its collections are `fs.files` and `fs.chunks`; `bucket_name` is used instead of `fs`. They
    /// are created by the first upload.
    ///
    /// ```rhai
    /// let photos = db.gridfs(#{ bucket_name: "photos" });
    /// let id = photos.upload("ship.txt", "ahoy");
    /// assert_eq(photos.download(id).as_string(), "ahoy");
    /// ```
    method gridfs(this, call, options?: BUCKET) -> "Bucket" {
        Bucket::start(this, call)
    }
}
