use std::io::BufRead;

use csv::StringRecord;
use rhai::Dynamic;

use super::bad_record::BadRecord;
use super::csv_types::CsvTypes;
use crate::error::{Error, Result, nearest};
use crate::values::document::Document;

/// Reads a CSV file. The first line names the columns; a name with dots is a path, `address.city`.
pub(super) struct CsvFile {
    reader: csv::Reader<Box<dyn BufRead + Send>>,
    columns: Vec<String>,
    types: CsvTypes,
    record: StringRecord,
}

impl CsvFile {
    /// Reads the header.
    ///
    /// # Errors
    /// `InvalidArgument` if it has an empty name or a name twice, or lacks a column with a type.
    pub(super) fn new(bytes: Box<dyn BufRead + Send>, types: &CsvTypes) -> Result<Self> {
        // With the usual `\r\n`, the reader counts each line one record too late.
        let mut reader = csv::ReaderBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(bytes);
        let header = reader.headers().map_err(|cause| words(&cause))?;
        let columns: Vec<String> = header
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        for (index, name) in columns.iter().enumerate() {
            if name.is_empty() || name.starts_with('$') || name.split('.').any(str::is_empty) {
                return Err(Error::invalid_argument(format!(
                    "`{name}` in the header cannot be the name of a field"
                ))
                .hint("the first line of a CSV file names the columns"));
            }
            if columns[..index].contains(name) {
                return Err(Error::invalid_argument(format!(
                    "the header has the column `{name}` twice"
                )));
            }
        }
        if let Some(missing) = types.missing_in(&columns) {
            let error = Error::invalid_argument(format!("the file has no column `{missing}`"));
            return Err(match nearest(missing, columns.iter().map(String::as_str)) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!("its columns are {}", columns.join(", "))),
            });
        }
        Ok(Self {
            reader,
            columns,
            types: types.clone(),
            record: StringRecord::new(),
        })
    }

    fn document(&self) -> Result<Document> {
        let mut document = Document::default();
        let last = self.columns.len() - 1;
        for (index, (column, text)) in self.columns.iter().zip(&self.record).enumerate() {
            let text = match index == last {
                true => text.strip_suffix('\r').unwrap_or(text),
                false => text,
            };
            if let Some(value) = self.types.value(column, text)? {
                set(&mut document, column, value)?;
            }
        }
        Ok(document)
    }
}

/// Sets the field at a path, and makes the documents on the way.
fn set(document: &mut Document, path: &str, value: Dynamic) -> Result<()> {
    let Some((first, rest)) = path.split_once('.') else {
        return document.set(path, value);
    };
    let inner = document.get(first)?.unwrap_or(Dynamic::UNIT);
    let mut inner = match inner.is_unit() {
        true => Document::default(),
        false => inner.try_cast::<Document>().ok_or_else(|| {
            Error::invalid_argument(format!(
                "the columns `{first}` and `{path}` exclude each other"
            ))
        })?,
    };
    set(&mut inner, rest, value)?;
    document.set(first, Dynamic::from(inner))
}

fn words(cause: &csv::Error) -> Error {
    Error::invalid_argument(match cause.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("the line has {len} values, the header has {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "the text is not valid UTF-8".to_owned(),
        csv::ErrorKind::Io(cause) => format!("cannot be read: {cause}"),
        _ => cause.to_string(),
    })
}

impl Iterator for CsvFile {
    type Item = std::result::Result<(u64, Document), BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = std::mem::take(&mut self.record);
        let read = self.reader.read_record(&mut record);
        self.record = record;
        let line = self.record.position().map_or(0, csv::Position::line);
        match read {
            Ok(false) => None,
            Ok(true) => Some(match self.document() {
                Ok(document) => Ok((line, document)),
                Err(error) => Err(BadRecord::new(line, error)),
            }),
            Err(cause) => {
                let line = cause.position().map_or(line, csv::Position::line);
                let bad = BadRecord::new(line, words(&cause));
                Some(Err(match cause.is_io_error() {
                    true => bad.last(),
                    false => bad,
                }))
            }
        }
    }
}
