use rhai::Dynamic;

use super::file_format::FileFormat;
use super::open::Output;
use crate::error::{Error, Kind, Result};
use crate::values::document::Document;
use crate::values::ejson::{self, Mode};
use crate::values::show;

/// Writes documents to a file, one by one.
pub struct Writer {
    output: Output,
    format: FileFormat,
    mode: Mode,
    /// The columns of a CSV file.
    columns: Vec<String>,
    count: u64,
}

/// Returns a writer of this format. A CSV file has these columns.
///
/// # Errors
/// `Server` if the header cannot be written.
pub fn open_writer(
    output: Output,
    format: FileFormat,
    mode: Mode,
    columns: Vec<String>,
) -> Result<Writer> {
    let mut writer = Writer {
        output,
        format,
        mode,
        columns,
        count: 0,
    };
    if format == FileFormat::Csv {
        let header = writer.columns.clone();
        writer.csv(&header)?;
    }
    Ok(writer)
}

impl Writer {
    /// Writes a document.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not BSON, `Server` if the file cannot be written.
    pub fn write(&mut self, document: &Document) -> Result<()> {
        let is_first = self.count == 0;
        self.count += 1;
        match self.format {
            FileFormat::Bson => self.put(&document.to_bytes()?),
            FileFormat::Csv => {
                let cells: Result<Vec<String>> = self
                    .columns
                    .iter()
                    .map(|column| cell(document, column))
                    .collect();
                self.csv(&cells?)
            }
            FileFormat::JsonLines => {
                let text = ejson::write(&Dynamic::from(document.clone()), self.mode)?;
                self.put(text.as_bytes())?;
                self.put(b"\n")
            }
            FileFormat::Json => {
                let text = ejson::write(&Dynamic::from(document.clone()), self.mode)?;
                self.put(if is_first { b"[\n" } else { b",\n" })?;
                self.put(text.as_bytes())
            }
        }
    }

    /// Completes the file, and returns the number of documents in it.
    ///
    /// # Errors
    /// `Server` if the file cannot be written.
    pub fn finish(mut self) -> Result<u64> {
        if self.format == FileFormat::Json {
            self.put(if self.count == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.output.finish().map_err(|cause| failed(&cause))?;
        Ok(self.count)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.output.writer().write_all(bytes);
        written.map_err(|cause| failed(&cause))
    }

    fn csv(&mut self, cells: &[String]) -> Result<()> {
        let mut line = csv::WriterBuilder::new().from_writer(Vec::new());
        let written = line.write_record(cells);
        written.map_err(|cause| Error::invalid_argument(cause.to_string()))?;
        let line = line.into_inner().unwrap_or_default();
        self.put(&line)
    }
}

/// Returns the text of the field at a path: a text as it is, a document or an array as JSON.
fn cell(document: &Document, path: &str) -> Result<String> {
    let mut value = Dynamic::from(document.clone());
    for name in path.split('.') {
        let inner = value.read_lock::<Document>().map(|inner| inner.get(name));
        value = inner.transpose()?.flatten().unwrap_or(Dynamic::UNIT);
    }
    if value.is::<Document>() || value.is_array() {
        return ejson::relaxed(&value);
    }
    if let Some(date) = value.read_lock::<bson::DateTime>()
        && let Some(text) = crate::values::bson_types::date_time::rfc3339(*date)
    {
        return Ok(text);
    }
    if let Some(id) = value.read_lock::<bson::oid::ObjectId>() {
        return Ok(id.to_hex());
    }
    if let Some(decimal) = value.read_lock::<bson::Decimal128>() {
        return Ok(decimal.to_string());
    }
    Ok(show::print_text(&value))
}

fn failed(cause: &std::io::Error) -> Error {
    Error::new(Kind::Server, format!("the file cannot be written: {cause}"))
}
