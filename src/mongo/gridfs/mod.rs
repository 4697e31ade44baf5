//! GridFS: files in chunks, in two collections of a database (`fs.files` and `fs.chunks`). The
//! driver uploads, renames and deletes. Downloads are ours, because they can start anywhere.

mod bucket;
mod stored_file;

pub use bucket::{Bucket, Upload};
pub use stored_file::StoredFile;
