use rhai::{Dynamic, FLOAT};

use super::option_spec::OptionSpec;
use crate::values::document::Document;
use crate::values::type_name;

/// The type of a parameter or an option.
#[derive(Clone, Copy, Debug)]
pub enum ValueType {
    Any,
    Array,
    ArrayOrDocument,
    Boolean,
    /// The rules to compare strings: a Document with a `locale`.
    Collation,
    /// An integer of 0 or more.
    Count,
    Document,
    Documents,
    /// The fields to return: a Document, or an array of names.
    Fields,
    Function,
    /// A Document, or a value that is used as the `_id`.
    FilterOrId,
    Integer,
    IntegerOrDocuments,
    /// The keys of an index or a sort order.
    Keys,
    /// A whole number of milliseconds.
    Milliseconds,
    Number,
    /// A Document of options, in groups.
    Options(&'static [&'static [OptionSpec]]),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// The stages of an aggregation pipeline.
    Pipeline,
    Seconds,
    Session,
    String,
    Strings,
    StringOrDocument,
    StringOrInteger,
    StringOrStrings,
    /// Update operators or an aggregation pipeline.
    Update,
    /// A Document with `w`, `wtimeout` and `j`.
    WriteConcern,
    /// A value of this script type.
    Value(&'static str),
    /// A value of one of these script types.
    ValueOf(&'static [&'static str]),
}

impl ValueType {
    /// Returns the name of the type for signatures: `Document`, `array of strings`.
    pub fn name(self) -> String {
        match self {
            Self::OneOf(texts) => quoted(texts),
            Self::Value(name) => name.to_owned(),
            Self::ValueOf(names) => names.join(" or "),
            other => other.words().0.to_owned(),
        }
    }

    /// Returns the type for an error message, after "expected".
    pub fn expected(self) -> String {
        match self {
            Self::OneOf(texts) => quoted(texts),
            Self::Value(name) => type_name::with_article(name),
            Self::ValueOf(names) => {
                let names: Vec<String> =
                    names.iter().copied().map(type_name::with_article).collect();
                names.join(" or ")
            }
            other => other.words().1.to_owned(),
        }
    }

    /// Returns the type for Rhai's definition files, which have no alternatives; `?` is any type.
    pub fn in_definitions(self) -> &'static str {
        match self {
            Self::Boolean => "bool",
            Self::Count | Self::Integer | Self::Milliseconds => "int",
            Self::Document | Self::Options(_) | Self::Collation | Self::WriteConcern => "Document",
            Self::Array | Self::Documents | Self::Pipeline | Self::Strings => "Array",
            Self::Function => "FnPtr",
            Self::OneOf(_) | Self::String => "String",
            Self::Session => "Session",
            Self::Value(name) => name,
            _ => "?",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Any | Self::OneOf(_) | Self::Value(_) | Self::ValueOf(_) => ("any", "a value"),
            Self::Array => ("Array", "an array"),
            Self::ArrayOrDocument => ("array or Document", "an array or a Document"),
            Self::Boolean => ("bool", "`true` or `false`"),
            Self::Collation => ("Document", "a Document such as `#{ locale: \"en\" }`"),
            Self::Count => ("integer", "a whole number, 0 or more"),
            Self::Document => ("Document", "a Document such as `#{ a: 1 }`"),
            Self::Documents => ("array of Documents", "an array of Documents"),
            Self::Fields => (
                "Document or array of strings",
                "a Document or an array of field names",
            ),
            Self::FilterOrId => ("Document or _id", "a Document or an `_id`"),
            Self::Function => ("function", "a function such as `|| …`"),
            Self::Integer => ("integer", "a whole number"),
            Self::IntegerOrDocuments => (
                "integer or array of Documents",
                "a whole number or an array of Documents",
            ),
            Self::Keys => (
                "string or Document",
                "a field's name or a Document such as `#{ a: 1, b: -1 }`",
            ),
            Self::Milliseconds => ("integer", "a whole number of milliseconds"),
            Self::Number => ("number", "a number"),
            Self::Options(_) => ("Document", "a Document such as `#{ a: 1 }`"),
            Self::Pipeline => ("array of stages", "an array of stages"),
            Self::Seconds => ("number", "a number of seconds"),
            Self::Session => ("Session", "a Session, from `client.start_session()`"),
            Self::String => ("string", "a string"),
            Self::Strings => ("array of strings", "an array of strings"),
            Self::StringOrDocument => ("string or Document", "a string or a Document"),
            Self::StringOrInteger => ("string or integer", "a string or a whole number"),
            Self::StringOrStrings => (
                "string or array of strings",
                "a string or an array of strings",
            ),
            Self::WriteConcern => (
                "Document",
                "a Document such as `#{ w: \"majority\", wtimeout: 5000 }`",
            ),
            Self::Update => (
                "Document or array of stages",
                "a Document with update operators, or an array of stages",
            ),
        }
    }

    /// Returns the options of a Document of options, and nothing for other types.
    pub fn options(self) -> impl Iterator<Item = &'static OptionSpec> {
        let groups = match self {
            Self::Options(groups) => groups,
            _ => &[],
        };
        groups.iter().copied().flatten()
    }

    pub fn is_options(self) -> bool {
        matches!(self, Self::Options(_))
    }

    /// Returns whether a Document can have this type.
    pub fn takes_documents(self) -> bool {
        self.accepts(&Dynamic::from(Document::default()))
    }

    /// Returns whether a value has this type. The content of a Document is checked where it is
    /// used.
    pub fn accepts(self, value: &Dynamic) -> bool {
        match self {
            Self::Any | Self::FilterOrId => !value.is_unit(),
            Self::Array => value.is_array(),
            Self::ArrayOrDocument => value.is_array() || is_document(value),
            Self::Boolean => value.is_bool(),
            Self::Collation => has_locale(value),
            Self::Document | Self::Options(_) | Self::WriteConcern => is_document(value),
            Self::Documents | Self::Pipeline => every(value, is_document),
            Self::Fields => is_document(value) || every(value, Dynamic::is_string),
            Self::Function => value.is_fnptr(),
            Self::Integer => value.is_int(),
            Self::IntegerOrDocuments => value.is_int() || every(value, is_document),
            Self::Keys => value.is_string() || value.is_array() || is_document(value),
            Self::Count | Self::Milliseconds => is_count(value),
            Self::Number | Self::Seconds => value.is_int() || value.is_float(),
            Self::OneOf(texts) => text(value)
                .is_some_and(|value| texts.iter().any(|text| text.eq_ignore_ascii_case(&value))),
            Self::Session => type_name::bare(value) == "Session",
            Self::String => value.is_string(),
            Self::Strings => every(value, Dynamic::is_string),
            Self::StringOrDocument => value.is_string() || is_document(value),
            Self::StringOrInteger => value.is_string() || value.is_int(),
            Self::StringOrStrings => value.is_string() || every(value, Dynamic::is_string),
            Self::Update => value.is_array() || is_document(value),
            Self::Value(name) => is_value(value, name),
            Self::ValueOf(names) => names.iter().any(|name| is_value(value, name)),
        }
    }

    /// Returns the part of a value that does not have this type, with its path: `documents[1]`.
    pub fn misfit(self, path: &str, value: &Dynamic) -> Option<Misfit> {
        if self.accepts(value) {
            return None;
        }
        let element = match self {
            Self::Documents | Self::Pipeline | Self::IntegerOrDocuments => Some(Self::Document),
            Self::Strings | Self::Fields | Self::StringOrStrings => Some(Self::String),
            _ => None,
        };
        if let (Some(element), Some(array)) = (element, value.read_lock::<rhai::Array>()) {
            let mut values = array.iter().enumerate();
            return values
                .find_map(|(index, value)| element.misfit(&format!("{path}[{index}]"), value));
        }
        Some(Misfit {
            path: path.to_owned(),
            found: self.found(value),
            expected: self.expected(),
        })
    }

    /// Describes a wrong value: the value itself if its type is right, or else its type.
    fn found(self, value: &Dynamic) -> String {
        match (self, text(value)) {
            (Self::OneOf(_), Some(text)) => format!("{text:?}"),
            (Self::Count | Self::Milliseconds, _) if value.is_int() || value.is_float() => {
                value.to_string()
            }
            (Self::Collation, _) if is_document(value) => "a Document without `locale`".to_owned(),
            _ => type_name::of(value),
        }
    }
}

/// A value, or a part of one, that does not have the expected type.
pub struct Misfit {
    pub path: String,
    /// The type or value that was found, in words.
    pub found: String,
    /// The expected type, in words.
    pub expected: String,
}

fn is_document(value: &Dynamic) -> bool {
    value.is::<Document>() || value.is_map()
}

fn is_value(value: &Dynamic, name: &str) -> bool {
    type_name::bare(value) == name
}

fn every(value: &Dynamic, fits: fn(&Dynamic) -> bool) -> bool {
    value
        .read_lock::<rhai::Array>()
        .is_some_and(|array| array.iter().all(fits))
}

/// Returns whether a value is an integer of 0 or more, also as a float.
fn is_count(value: &Dynamic) -> bool {
    let is_whole = |value: FLOAT| (0.0..9e15).contains(&value) && value.fract() == 0.0;
    value.as_int().is_ok_and(|number| number >= 0) || value.as_float().is_ok_and(is_whole)
}

fn text(value: &Dynamic) -> Option<String> {
    value.is_string().then(|| value.to_string())
}

fn has_locale(value: &Dynamic) -> bool {
    if let Some(document) = value.read_lock::<Document>() {
        return matches!(document.get("locale"), Ok(Some(locale)) if locale.is_string());
    }
    value
        .read_lock::<rhai::Map>()
        .is_some_and(|map| map.get("locale").is_some_and(Dynamic::is_string))
}

fn quoted(texts: &[&str]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    texts.join(" or ")
}
