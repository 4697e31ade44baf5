//! Files and standard input: `load_json`, `load_jsonl`, `load_csv`, `save_json`, `save_jsonl`,
//! `save_csv`, `input`.

use std::io::BufRead;
use std::path::Path;

use rhai::{Array, Dynamic};

use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionError;
use crate::api::call::methods::functions;
use crate::api::call::script_path::{NO_FILES, cannot, to_read, to_write};
use crate::api::handles::cursor::Cursor;
use crate::api::handles::sequence::Sequence;
use crate::error::{Error, system_words};
use crate::transfer::{
    CsvTypes, FileFormat, Input, Output, Writer, open_reader, open_writer, parse_document,
};
use crate::values::ejson::{self, Mode};
use crate::values::thrown::{RhaiResult, at_call};

functions! {
    /// Returns the value of a JSON file. Extended JSON has its types.
    ///
    /// The path is below the folder of the script.
    ///
    /// ```rhai
    /// save_json("order.json", #{ _id: 1, at: DateTime("2026-01-31") });
    /// assert_eq(load_json("order.json").at, DateTime("2026-01-31"));
    /// ```
    function load_json(call, path: String) {
        let path = to_read(call)?;
        let text = std::fs::read_to_string(&path).map_err(|cause| cannot("read", &path, &cause))?;
        let value = ejson::parse(&text).map_err(|error| error.context(|why| format!("`{}`: {why}", path.display())))?;
        Ok(value)
    }

    /// Returns the documents of a file with one document of Extended JSON in each line.
    ///
    /// The lines are read when they are needed, so the file may be larger than the memory. An error
    /// names the line.
    ///
    /// ```rhai
    /// save_jsonl("orders.jsonl", [#{ _id: 1 }, #{ _id: 2 }]);
    /// for order in load_jsonl("orders.jsonl") { db.orders.insert_one(order); }
    /// assert_eq(db.orders.count_documents(), 2);
    /// ```
    function load_jsonl(call, path: String) -> "Sequence" {
        let path = to_read(call)?;
        documents(&path, FileFormat::JsonLines, &CsvTypes::default())
    }

    /// Returns the documents of a CSV file, whose first line names the fields.
    ///
    /// `types` gives columns a type: `string`, `int`, `long`, `double`, `decimal`, `bool`, `date`,
    /// `objectid` or `json`. Other columns are numbers, booleans or texts, by their text: `007` stays a
    /// text. An empty cell leaves the field out.
    ///
    /// ```rhai
    /// save_csv("people.csv", [#{ name: "Ada", zip: "01234", born: "1815-12-10" }], ["name", "zip", "born"]);
    /// let ada = load_csv("people.csv", #{ born: "date" }).next();
    /// assert_eq(ada, #{ name: "Ada", zip: "01234", born: DateTime("1815-12-10") });
    /// ```
    function load_csv(call, path: String, types?: Document) -> "Sequence" {
        let path = to_read(call)?;
        let mut types = CsvTypes::default();
        for (column, name) in call.document()?.entries()? {
            let name = name.into_string().map_err(|found| {
                Error::invalid_argument(format!("the type of the column `{column}` is a {found}, expected a string"))
                    .hint("for example `#{ age: \"int\", born: \"date\" }`")
            })?;
            types.add(&column, &name)?;
        }
        documents(&path, FileFormat::Csv, &types)
    }

    /// Writes a value to a file as Extended JSON.
    ///
    /// ```rhai
    /// save_json("totals.json", #{ orders: 2 });
    /// assert_eq(load_json("totals.json"), #{ orders: 2 });
    /// ```
    function save_json(call, path: String, value: Any) {
        let path = to_write(call)?;
        let value = call.arg().unwrap_or(Dynamic::UNIT);
        let text = ejson::relaxed(&value)? + "\n";
        std::fs::write(&path, text).map_err(|cause| cannot("write", &path, &cause))?;
        Ok(Dynamic::UNIT)
    }

    /// Writes the documents of an array, a cursor or a sequence to a file, one in each line, and
    /// returns their number.
    ///
    /// ```rhai
    /// db.orders.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(save_jsonl("orders.jsonl", db.orders.find()), 2);
    /// ```
    function save_jsonl(call, path: String, documents: Any) -> "integer" {
        let path = to_write(call)?;
        let documents = call.arg().unwrap_or(Dynamic::UNIT);
        let writer = open_writer(Output::file(&path)?, FileFormat::JsonLines, Mode::Relaxed, Vec::new())?;
        write_all(call, documents, writer)
    }

    /// Writes the documents of an array, a cursor or a sequence to a CSV file, and returns their
    /// number.
    ///
    /// `fields` are the columns, in this order; `address.city` is a field of a field.
    ///
    /// ```rhai
    /// db.orders.insert_one(#{ _id: 1, to: #{ city: "Oslo" } });
    /// assert_eq(save_csv("orders.csv", db.orders.find(), ["_id", "to.city"]), 1);
    /// ```
    function save_csv(call, path: String, documents: Any, fields: Strings) -> "integer" {
        let path = to_write(call)?;
        let documents = call.arg().unwrap_or(Dynamic::UNIT);
        let columns = call.array()?.into_iter().filter_map(|name| name.into_string().ok());
        let writer = open_writer(Output::file(&path)?, FileFormat::Csv, Mode::Relaxed, columns.collect())?;
        write_all(call, documents, writer)
    }

    /// Returns the lines of standard input, without their ends. They are read when they are needed.
    ///
    /// ```rhai
    /// let lines = input();
    /// assert_eq(lines.to_string(), "<lines of standard input>");
    /// // for line in lines { print(line.to_upper()); }
    /// ```
    function input(call) -> "Sequence" {
        call.refuse_confined(NO_FILES)?;
        Ok(Dynamic::from(Sequence::new("lines of standard input", move || {
            let mut line = String::new();
            let count = std::io::stdin().lock().read_line(&mut line).map_err(|cause| {
                Error::invalid_argument(format!("standard input cannot be read: {}", system_words(&cause)))
            })?;
            let end = line.trim_end_matches(['\n', '\r']).len();
            line.truncate(end);
            Ok((count > 0).then(|| line.into()))
        })))
    }
}

fn documents(
    path: &Path,
    format: FileFormat,
    types: &CsvTypes,
) -> std::result::Result<Dynamic, FunctionError> {
    let name = path.display().to_string();
    let reader = open_reader(Input::file(path)?, format, types, parse_document)?;
    let mut reader = std::sync::Mutex::new(reader);
    let what = format!("documents of {name}");
    Ok(Dynamic::from(Sequence::new(&what, move || {
        let reader = reader
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match reader.next().transpose() {
            Ok(next) => Ok(next.map(|(_, document)| Dynamic::from(document))),
            Err(bad) => Err(bad.into_error(&name).into()),
        }
    })))
}

fn write_all(
    call: &Call,
    documents: Dynamic,
    mut writer: Writer,
) -> std::result::Result<Dynamic, FunctionError> {
    let mut write = |value: Dynamic| -> RhaiResult<()> {
        let document = call.as_document("documents", value.flatten());
        let written = document.and_then(|document| writer.write(&document));
        written.map_err(|error| at_call(call.context, error))
    };
    if let Some(cursor) = documents.read_lock::<Cursor>().map(|cursor| cursor.clone()) {
        for document in cursor {
            write(Dynamic::from(document?))?;
        }
    } else if let Some(mut sequence) = documents.read_lock::<Sequence>().map(|one| one.clone()) {
        while let Some(value) = sequence.next_value()? {
            write(value)?;
        }
    } else if let Some(array) = documents.read_lock::<Array>() {
        for value in array.iter() {
            write(value.clone())?;
        }
    } else {
        let expected = "an array of Documents, a Cursor or a Sequence";
        return Err(call.wrong("documents", expected, &documents).into());
    }
    Ok((writer.finish()? as i64).into())
}
