use bson::{Bson, Document as Options};
use bytes::Bytes;
use proptest::prelude::*;
use rhai::Dynamic;
use seaworthy::authoring::testing::Header;
use seaworthy::course::exercise::Exercise;
use seaworthy::course::lesson::Lesson;
use seaworthy::error::Error;
use seaworthy::error::redact;
use seaworthy::mongo::elements::{Elements, kind};
use seaworthy::mongo::{Bridge, CLIENT_OPTIONS, ClientSettings, ConnectionString};
use seaworthy::script::Source;
use seaworthy::script::percent::cells;
use seaworthy::values::codec::encode;
use seaworthy::values::document::Document;
use seaworthy::values::order::compare;
use seaworthy::values::{ejson, show};

use crate::support::Script;
use crate::support::fuzz::{changed, changed_texts, documents, fuzz};

const PASSWORD: &str = "s3cret";

/// Every error has a message, and neither message nor hint contains the password.
fn is_presentable(error: &Error) -> Result<(), TestCaseError> {
    prop_assert!(!error.message().is_empty());
    prop_assert!(!error.message().contains(PASSWORD), "{}", error.message());
    prop_assert!(
        !error.hint_text().unwrap_or_default().contains(PASSWORD),
        "{error:?}"
    );
    Ok(())
}

/// Shows, converts and compares a value in every way.
fn looked_at(value: &Dynamic) -> Result<(), TestCaseError> {
    let source = show::source(value);
    prop_assert!(!source.is_empty());
    let _ = (ejson::relaxed(value), compare::canonical_key(value));
    // A value that is not BSON, such as a set, has its own equality.
    let is_bson = encode::value(value).is_ok();
    prop_assert!(!is_bson || compare::equal(value, value), "{source}");
    if let (Ok((_, bytes)), Ok(json)) = (encode::value(value), ejson::canonical(value)) {
        // Extended JSON may read a field name with `$` as a type.
        if !source.contains('$') && !source.contains("NaN") {
            let again = ejson::parse(&json);
            prop_assert!(again.is_ok(), "{json}: {again:?}");
            prop_assert_eq!(encode::value(&again.unwrap()).unwrap().1, bytes, "{}", json);
        }
    }
    Ok(())
}

#[test]
fn the_document_literal() {
    let words: &'static [&str] = &[
        "#{", "}", "[", "]", ":", ",", "\"", "`", "${", "'", "\\", "//", "/*", "*/", "|x|", "(",
        ")", "$", ".", ";", "\n", "\0", "-", "1", "1e9", "0x", "if", "fn", "let", "()", "Int64(",
        "Document", "set([",
    ];
    let texts = move || changed_texts("literal", words);
    fuzz("literal", texts, || {
        let script = Script::new();
        move |text: String| {
            let Ok(ast) = script.engine.compile_expression(&text) else {
                return Ok(());
            };
            let Ok(value) = script.engine.eval_ast::<Dynamic>(&ast) else {
                return Ok(());
            };
            looked_at(&value)?;
            // BSON is shown as source text, which evaluates to an equal value.
            if encode::value(&value).is_ok() {
                let source = show::source(&value);
                let again = script.engine.eval::<Dynamic>(&source);
                prop_assert!(again.is_ok(), "{source}: {again:?}");
                prop_assert!(compare::equal(&value, &again.unwrap()), "{source}");
            }
            Ok(())
        }
    });
}

#[test]
fn extended_json() {
    let words: &'static [&str] = &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\u0000",
        "\\ud800",
        "1",
        "-",
        "e9",
        "9999999999",
        "null",
        "\"$oid\":",
        "\"$date\":",
        "\"$numberLong\":",
        "\"$binary\":",
        "\"$code\":",
        "\"$scope\":",
        "\"a\":",
    ];
    let texts = move || changed_texts("ejson", words);
    fuzz("ejson", texts, || {
        |text: String| {
            for parsed in [ejson::parse(&text), ejson::parse_plain(&text)] {
                match parsed {
                    Ok(value) => looked_at(&value)?,
                    Err(error) => is_presentable(&error)?,
                }
            }
            Ok(())
        }
    });
}

/// Documents of the corpus with changed bytes. Half of them get a correct length, because most
/// others are refused at once.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let seeds = ["bson_good", "bson_bad"]
        .into_iter()
        .flat_map(documents)
        .map(|(_, bytes)| bytes)
        .collect();
    let kinds: Vec<u8> = (0..=0x14).chain([kind::MAX_KEY, kind::MIN_KEY]).collect();
    let element = (proptest::sample::select(kinds), any::<[u8; 8]>())
        .prop_map(|(kind, value)| [&[kind, b'x', 0][..], &value].concat());
    let piece = prop_oneof![
        3 => any::<u8>().prop_map(|byte| vec![byte]),
        2 => element,
        1 => (-2..40_i32).prop_map(|length| length.to_le_bytes().to_vec()),
        1 => Just(vec![5, 0, 0, 0, 0]),
    ];
    (changed(seeds, piece), any::<bool>()).prop_map(|(mut bytes, mend)| {
        if mend && bytes.len() >= 5 {
            let length = (bytes.len() as i32).to_le_bytes();
            bytes[..4].copy_from_slice(&length);
            *bytes.last_mut().unwrap() = 0;
        }
        bytes
    })
}

#[test]
fn bytes_from_a_server() {
    fuzz("bson", damaged, || {
        |bytes: Vec<u8>| {
            let bytes = Bytes::from(bytes);
            let mut document = match Document::from_bytes(bytes.clone()) {
                Ok(document) => document,
                Err(error) => return is_presentable(&error),
            };
            let count = Elements::new(&bytes).unwrap().count();
            prop_assert!(count <= bytes.len());
            for name in document.keys().unwrap_or_default() {
                let _ = (document.get(&name), document.contains(&name));
            }
            // An unchanged document keeps its bytes, even if they are damaged.
            prop_assert_eq!(&document.to_bytes().unwrap(), &bytes);
            let value = Dynamic::from(document.clone());
            prop_assert!(compare::equal(&value, &value));
            let _ = (show::source(&value), ejson::relaxed(&value));
            let _ = (ejson::canonical(&value), compare::canonical_key(&value));
            let _ = (document.len(), document.entries(), document.remove("a"));
            if document.set("added", true.into()).is_ok() {
                let changed = Document::from_bytes(document.to_bytes().unwrap()).unwrap();
                prop_assert!(changed.contains("added").unwrap());
            }
            Ok(())
        }
    });
}

#[test]
fn connection_strings() {
    let words: &'static [&str] = &[
        "mongodb://",
        "mongodb+srv://",
        "@",
        ":",
        "/",
        "?",
        "&",
        "=",
        ",",
        "%",
        "%2F",
        "%00",
        "[",
        "]",
        "w=0",
        "w=",
        "tls=true",
        "readPreferenceTags=",
        "maxPoolSize=",
        "replicaSet=",
        "ada:",
        "\n",
        " ",
        "0",
        "99999999999999999999",
        "-1",
        "authMechanism=PLAIN",
        "authSource=$external",
    ];
    let texts = move || changed_texts("uri", words);
    fuzz("uri", texts, || {
        let bridge = Bridge::new().unwrap();
        move |text: String| {
            // Once as it is, and once with a password.
            let (scheme, rest) = text.split_once("://").unwrap_or(("mongodb", &text));
            for text in [text.clone(), format!("{scheme}://ada:{PASSWORD}@{rest}")] {
                let uri = ConnectionString::new(text.as_str());
                let _ = (uri.hosts(), uri.database());
                for shown in [uri.to_string(), format!("{uri:?}")] {
                    prop_assert!(!shown.contains(PASSWORD), "{shown}");
                }
                if scheme == "mongodb" {
                    let shown = redact(&text);
                    let is_one_word = !text.contains(char::is_whitespace);
                    prop_assert!(!is_one_word || !shown.contains(PASSWORD), "{shown}");
                }
                if let Err(error) = ClientSettings::check(&uri) {
                    is_presentable(&error)?;
                    continue;
                }
                // `mongodb+srv` would ask name servers.
                if text.starts_with("mongodb://") {
                    match ClientSettings::read(&bridge, &uri) {
                        Ok(settings) => {
                            let described = format!("{:?}", settings.describe());
                            prop_assert!(!described.contains(PASSWORD), "{described}");
                        }
                        Err(error) => is_presentable(&error)?,
                    }
                }
            }
            Ok(())
        }
    });
}

fn option_value() -> impl Strategy<Value = Bson> {
    let leaf = prop_oneof![
        Just(Bson::Null),
        any::<bool>().prop_map(Bson::from),
        (-3..9_i32).prop_map(Bson::from),
        any::<i64>().prop_map(Bson::from),
        any::<f64>().prop_map(Bson::from),
        "[a-z%&=:,@\0é]{0,6}".prop_map(Bson::from),
        proptest::sample::select(vec!["majority", "primary", "nearest", "zlib", "PLAIN", ""])
            .prop_map(Bson::from),
    ];
    let name = proptest::sample::select(vec!["w", "wtimeout", "j", "level", "mode", "tags", "x"]);
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let fields = proptest::collection::vec((name.clone(), inner.clone()), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..3).prop_map(Bson::from),
            fields.prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Bson::Document(fields.collect())
            }),
        ]
    })
}

fn some_options() -> impl Strategy<Value = Vec<(String, Bson)>> {
    let structured = ["username", "password", "write_concern", "read_concern"];
    let named = CLIENT_OPTIONS.iter().map(|(name, ..)| *name);
    let names: Vec<String> = named.chain(structured).map(String::from).collect();
    let name = prop_oneof![
        9 => proptest::sample::select(names),
        1 => "[a-z_]{0,8}",
    ];
    proptest::collection::vec((name, option_value()), 0..6)
}

#[test]
fn options_of_connect() {
    fuzz("options", some_options, || {
        let bridge = Bridge::new().unwrap();
        let uri = ConnectionString::new("mongodb://127.0.0.1:1/?w=1");
        move |fields: Vec<(String, Bson)>| {
            let mut options: Options = fields.into_iter().collect();
            if options.contains_key("password") {
                options.insert("password", PASSWORD);
            }
            match bridge.block_on(ClientSettings::parse(&uri, options)) {
                Ok(settings) => {
                    let described = format!("{:?}", settings.describe());
                    prop_assert!(!described.contains(PASSWORD), "{described}");
                    prop_assert!(
                        settings.min_pool_size() <= settings.max_pool_size()
                            || settings.max_pool_size() == 0
                    );
                }
                Err(error) => is_presentable(&error)?,
            }
            Ok(())
        }
    });
}

#[test]
fn the_percent_format() {
    let words: &'static [&str] = &[
        "// %%",
        "//%%",
        " [markdown]",
        " [md]",
        " question",
        " lesson",
        " exercise",
        " hint",
        "\n",
        "\r\n",
        "// ",
        "- [x] ",
        "- [ ] ",
        "id=\"",
        "\"",
        "=",
        "# ",
        "// test: ",
        "server=\"own\"",
        "timeout=\"",
        "skip=\"\"",
        "```",
        "\t",
        "//",
    ];
    let texts = move || changed_texts("percent", words);
    fuzz("percent", texts, || {
        |text: String| {
            let found = cells(&text);
            let whole: String = found.iter().map(|cell| cell.raw).collect();
            prop_assert_eq!(&whole, &text);
            for cell in &found {
                prop_assert!(cell.raw.ends_with(cell.body));
                prop_assert!(cell.line >= 1 && cell.line <= text.lines().count().max(1));
                let _ = (cell.word(), cell.attribute("id"), cell.prose());
            }
            let source = Source::code("fuzz.rhai", &text);
            for error in [
                Lesson::read("01_fuzz", source.clone()).err(),
                Exercise::read("01_fuzz", source.clone()).err(),
                Header::read(&source).err(),
            ] {
                error.iter().try_for_each(is_presentable)?;
            }
            Ok(())
        }
    });
}
