//! Documents in files: JSON lines, JSON arrays, CSV and BSON dumps, read and written one document
//! at a time. Prints nothing and knows no Rhai functions.

mod bad_record;
mod batches;
mod bson_file;
mod csv_file;
mod csv_types;
mod export;
mod file_format;
mod import;
mod json_lines;
mod json_values;
mod open;
mod reader;
mod writer;

pub use bad_record::BadRecord;
pub use csv_types::CsvTypes;
pub use export::{ExportPlan, export};
pub use file_format::FileFormat;
pub use import::{ImportError, ImportPlan, Imported, import};
pub use json_lines::{ParseDocument, parse_document, parse_to_bson};
pub use open::{Input, Output};
pub use reader::{Reader, open_reader};
pub use writer::{Writer, open_writer};
