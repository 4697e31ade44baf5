//! The arguments of `import` and `export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::transfer::FileFormat;

/// The arguments of `import`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct ImportArgs {
    /// The file to read, or `-` for standard input; a name that ends in .gz is unpacked
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The collection that gets the documents: COLLECTION, or DATABASE.COLLECTION
    #[arg(long, value_name = "COLLECTION")]
    pub into: String,

    /// The format [default: by the name of the file; json for standard input]
    #[arg(long = "type", value_name = "FORMAT")]
    pub format: Option<LowFormat>,

    /// The types of CSV columns: age=int,born=date; others: string, long, double, decimal, bool, objectid, json
    #[arg(long, value_name = "COLUMN=TYPE", value_delimiter = ',')]
    pub types: Vec<String>,

    /// Drop the collection first
    #[arg(long)]
    pub drop: bool,

    /// Replace the document that has the same value in this field, and insert the others
    #[arg(long, value_name = "FIELD")]
    pub upsert_by: Option<String>,

    /// Leave out what cannot be imported, and report each line with its reason
    #[arg(long = "continue")]
    pub keep_going: bool,
}

/// The arguments of `export`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct ExportArgs {
    /// The collection to read: COLLECTION, or DATABASE.COLLECTION
    #[arg(value_name = "COLLECTION")]
    pub from: String,

    /// The file to write [default: standard output]; a name that ends in .gz is packed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The format [default: by the name of the file; jsonl for standard output]
    #[arg(long = "type", value_name = "FORMAT")]
    pub format: Option<LowFormat>,

    /// Only documents that match this filter, as Extended JSON: '{"city": "Kiel"}'
    #[arg(long, value_name = "JSON")]
    pub query: Option<String>,

    /// Only these fields; the columns of a CSV file
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub fields: Vec<String>,

    /// Sort by this field; a minus before it reverses the order
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,

    /// Only the first N documents
    #[arg(long, value_name = "N")]
    pub first: Option<u32>,

    /// Write JSON with the type of every value
    #[arg(long)]
    pub canonical: bool,
}

/// A format as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LowFormat {
    Jsonl,
    Json,
    Csv,
    Bson,
}

impl From<LowFormat> for FileFormat {
    fn from(format: LowFormat) -> Self {
        match format {
            LowFormat::Jsonl => Self::JsonLines,
            LowFormat::Json => Self::Json,
            LowFormat::Csv => Self::Csv,
            LowFormat::Bson => Self::Bson,
        }
    }
}
