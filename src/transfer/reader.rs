use super::bad_record::BadRecord;
use super::bson_file::BsonFile;
use super::csv_file::CsvFile;
use super::csv_types::CsvTypes;
use super::file_format::FileFormat;
use super::json_lines::{JsonLines, ParseDocument};
use super::json_values::JsonValues;
use super::open::Input;
use crate::error::Result;
use crate::values::document::Document;

/// The documents of a file, one by one. Each has the number of its line or record.
pub type Reader = Box<dyn Iterator<Item = std::result::Result<(u64, Document), BadRecord>> + Send>;

/// Returns a reader of the input in this format; `parse` reads each document of JSON.
///
/// # Errors
/// `InvalidArgument` if the file has no header or does not fit the types.
pub fn open_reader(
    input: Input,
    format: FileFormat,
    types: &CsvTypes,
    parse: ParseDocument,
) -> Result<Reader> {
    Ok(match format {
        FileFormat::JsonLines => Box::new(JsonLines::new(input.bytes, parse)),
        FileFormat::Json => Box::new(JsonValues::new(input.bytes, parse)),
        FileFormat::Csv => Box::new(CsvFile::new(input.bytes, types)?),
        FileFormat::Bson => Box::new(BsonFile::new(input.bytes)),
    })
}
