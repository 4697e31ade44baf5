use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bson::{Bson, Document, doc};

use crate::error::Result;

use super::admin::Admin;
use super::errors::{io_error, server_error};

/// What a member removed from one collection when it rolled writes back.
#[derive(Clone, Debug, PartialEq)]
pub struct RollbackFile {
    pub path: PathBuf,
    /// The collection; its UUID if the member does not have the collection any more.
    pub namespace: String,
    /// The documents as they were before the member removed or changed them.
    pub documents: Vec<Document>,
}

/// Reads the rollback files of the databases in `db`, oldest first. The member gives the names of
/// the collections.
pub(super) fn read(db: &Path, admin: &Admin) -> Result<Vec<RollbackFile>> {
    let mut files = Vec::new();
    let names = collection_names(admin)?;
    for folder in entries(&db.join("rollback"))? {
        let uuid = folder.file_name().unwrap_or_default();
        let uuid = uuid.to_string_lossy().into_owned();
        let namespace = names.get(&uuid).cloned().unwrap_or(uuid);
        for path in entries(&folder)? {
            files.push(RollbackFile {
                documents: documents(&path)?,
                namespace: namespace.clone(),
                path,
            });
        }
    }
    // The name of a file ends with its time.
    files.sort_by(|one, other| one.path.file_name().cmp(&other.path.file_name()));
    Ok(files)
}

/// Returns what is in a folder, which is empty if it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |cause| io_error("read", folder, &cause);
    let entries = match fs::read_dir(folder) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(failed))
        .collect()
}

fn documents(path: &Path) -> Result<Vec<Document>> {
    let bytes = fs::read(path).map_err(|cause| io_error("read", path, &cause))?;
    let mut rest = bytes.as_slice();
    let mut documents = Vec::new();
    while !rest.is_empty() {
        let document = Document::from_reader(&mut rest)
            .map_err(|cause| server_error(format!("cannot read `{}`: {cause}", path.display())))?;
        documents.push(document);
    }
    Ok(documents)
}

/// Returns the names of the member's collections by UUID.
fn collection_names(admin: &Admin) -> Result<HashMap<String, String>> {
    let reply = admin.run(doc! {
        "aggregate": 1,
        "pipeline": [{ "$listCatalog": {} }],
        "cursor": { "batchSize": 100_000 },
    })?;
    let batch = reply
        .get_document("cursor")
        .and_then(|cursor| cursor.get_array("firstBatch"));
    let entries = batch.map(Vec::as_slice).unwrap_or_default();
    let name = |entry: &Document| {
        let options = entry
            .get_document("md")
            .ok()?
            .get_document("options")
            .ok()?;
        let Some(Bson::Binary(uuid)) = options.get("uuid") else {
            return None;
        };
        let namespace = entry.get_str("ns").ok()?;
        Some((uuid.to_uuid().ok()?.to_string(), namespace.to_owned()))
    };
    Ok(entries
        .iter()
        .filter_map(Bson::as_document)
        .filter_map(name)
        .collect())
}
