use std::time::Duration;

use bson::{Bson, Document};
use mongodb::options::{ReadConcern, SelectionCriteria, WriteConcern};
use serde::de::DeserializeOwned;

use super::concerns;
use crate::error::nearest;
use crate::error::{Error, Result};

/// The options of one call, in `snake_case` as in the script.
///
/// ```
/// use bson::doc;
/// use seaworthy::mongo::CallOptions;
///
/// let error = CallOptions::new("find", doc! { "limmit": 3 }, &["limit", "skip"]).unwrap_err();
/// assert_eq!(error.message(), "`find` has no option `limmit`");
/// assert_eq!(error.hint_text(), Some("did you mean `limit`?"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    call: &'static str,
    options: Document,
}

impl CallOptions {
    /// Checks that the call has options with these names.
    ///
    /// # Errors
    /// `InvalidArgument`, with the most similar option.
    pub fn new(call: &'static str, options: Document, known: &[&str]) -> Result<Self> {
        match options.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(unknown_option(call, unknown, known)),
            None => Ok(Self { call, options }),
        }
    }

    /// Creates options whose names were already checked.
    pub fn of(call: &'static str, options: Document) -> Self {
        Self { call, options }
    }

    /// Removes an option and returns its value.
    pub fn take(&mut self, name: &str) -> Option<Bson> {
        self.options
            .remove(name)
            .filter(|value| *value != Bson::Null)
    }

    /// Removes an option and converts it to `T`; `expected` describes the type in the error.
    pub fn take_as<T: DeserializeOwned>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        bson::deserialize_from_bson(value.clone())
            .map(Some)
            .map_err(|_| ill_typed(self.call, name, expected, &value))
    }

    /// Removes an option that is a time in milliseconds.
    pub fn take_ms(&mut self, name: &str) -> Result<Option<Duration>> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        whole_number(&value)
            .map(|ms| Some(Duration::from_millis(ms)))
            .ok_or_else(|| ill_typed(self.call, name, "a number of milliseconds", &value))
    }

    pub fn take_write_concern(&mut self) -> Result<Option<WriteConcern>> {
        self.take("write_concern")
            .map(|value| concerns::write_concern(&value))
            .transpose()
    }

    pub fn take_read_concern(&mut self) -> Result<Option<ReadConcern>> {
        self.take("read_concern")
            .map(|value| concerns::read_concern(&value))
            .transpose()
    }

    pub fn take_read_preference(&mut self) -> Result<Option<SelectionCriteria>> {
        self.take("read_preference")
            .map(|value| concerns::read_preference(&value))
            .transpose()
    }

    /// Returns the remaining options with the server's names: `allow_disk_use` becomes
    /// `allowDiskUse`.
    pub fn into_command_fields(self) -> Document {
        self.options
            .into_iter()
            .map(|(name, value)| (camel_case(&name), value))
            .collect()
    }

    /// Converts the remaining options to one of the driver's option types.
    pub fn into_driver_options<T: DeserializeOwned>(self) -> Result<T> {
        let call = self.call;
        // The driver checks the content of Documents. Convert each option alone, so that the error
        // can name it, and leave out the driver's message, which names Rust types.
        for (name, value) in &self.options {
            let alone = Document::from_iter([(camel_case(name), value.clone())]);
            if bson::deserialize_from_document::<T>(alone).is_err() {
                return Err(Error::invalid_argument(format!(
                    "option `{name}` of `{call}` cannot be {value}"
                ))
                .hint(format!(
                    "the MongoDB manual describes `{}`",
                    camel_case(name)
                )));
            }
        }
        bson::deserialize_from_document(self.into_command_fields()).map_err(|_| {
            Error::invalid_argument(format!("the options of `{call}` cannot be used together"))
        })
    }
}

/// Returns a whole number that is not negative, from any number type.
pub(crate) fn whole_number(value: &Bson) -> Option<u64> {
    match value {
        Bson::Int32(number) => u64::try_from(*number).ok(),
        Bson::Int64(number) => u64::try_from(*number).ok(),
        Bson::Double(number) if *number >= 0.0 && number.fract() == 0.0 && *number < 9e15 => {
            Some(*number as u64)
        }
        _ => None,
    }
}

pub fn unknown_option(call: &str, unknown: &str, known: &[&str]) -> Error {
    let error = Error::invalid_argument(format!("`{call}` has no option `{unknown}`"));
    match nearest(unknown, known.iter().copied()) {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None if known.is_empty() => error.hint("it takes none"),
        None => error.hint(format!("it takes {}", known.join(", "))),
    }
}

pub(crate) fn ill_typed(call: &str, name: &str, expected: &str, value: &Bson) -> Error {
    Error::invalid_argument(format!(
        "option `{name}` of `{call}` takes {expected}, not {value}"
    ))
    .hint(format!("write `{name}: …` with {expected}"))
}

/// Converts `max_time_ms` to the server's `maxTimeMS`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel: String = words.next().unwrap_or_default().to_owned();
    for word in words {
        if word == "ms" {
            camel.push_str("MS");
            continue;
        }
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
