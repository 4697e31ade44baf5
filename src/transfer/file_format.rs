use std::path::Path;

/// The format of a file of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// One document of Extended JSON in each line.
    JsonLines,
    /// A JSON array, or documents of any number of lines one after another.
    Json,
    /// A header line and one document in each record.
    Csv,
    /// Documents as `mongodump` writes them.
    Bson,
}

impl FileFormat {
    /// Returns the format for the ending of a file; `.gz` is ignored.
    pub fn of_name(file: &Path) -> Option<Self> {
        let name = file.file_name()?.to_str()?.to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "bson" => Some(Self::Bson),
            _ => None,
        }
    }
}
