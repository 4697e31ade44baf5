use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rhai::{Array, Dynamic, Scope};
use seaworthy::mongo::elements::{Elements, kind};
use seaworthy::values::bson_types::binary::Binary;
use seaworthy::values::bson_types::code::Code;
use seaworthy::values::bson_types::regex::Regex;
use seaworthy::values::codec::{decode, encode};
use seaworthy::values::document::Document;
use seaworthy::values::order::compare;
use seaworthy::values::{ejson, show, words};

use crate::support::{Script, SharedServer, evaluated};

/// The type and the bytes of a BSON value.
type Value = (u8, Vec<u8>);

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn text() -> impl Strategy<Value = String> {
    let nasty = "\"\\\n\r`${}'\0\u{7f}\u{85}\u{202e}\u{feff}\u{e0001}😀é";
    let nasty = proptest::sample::select(nasty.chars().collect::<Vec<_>>());
    prop_oneof![
        4 => "[a-z]{0,6}",
        2 => any::<String>(),
        1 => proptest::collection::vec(nasty, 0..6).prop_map(|letters| letters.into_iter().collect()),
    ]
}

fn without_nul() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('\0', ""))
}

fn name() -> impl Strategy<Value = String> {
    let keywords = [
        "if", "in", "let", "fn", "true", "loop", "tag", "kind", "_", "__", "a.b", "", "0", "é",
    ];
    let words = [words::RESERVED, &keywords].concat();
    prop_oneof![
        6 => "[a-z_][a-zA-Z0-9_]{0,4}",
        2 => without_nul(),
        2 => proptest::sample::select(words).prop_map(String::from),
    ]
}

fn string_bytes(text: &str) -> Vec<u8> {
    let length = ((text.len() + 1) as i32).to_le_bytes();
    [&length[..], text.as_bytes(), &[0]].concat()
}

/// Decimals in their canonical form.
fn decimal() -> impl Strategy<Value = [u8; 16]> {
    let pack = |negative: bool, digits: u128, exponent: u128| {
        (u128::from(negative) << 127 | exponent << 113 | digits).to_le_bytes()
    };
    let any_size = (any::<bool>(), 0..10_u128.pow(34), 0..12288_u128);
    let special = proptest::sample::select(vec![0x7C_u8, 0x78, 0xF8]);
    prop_oneof![
        2 => any_size.prop_map(move |(negative, digits, exponent)| pack(negative, digits, exponent)),
        2 => (0..100_000_u128, 6170..6180_u128).prop_map(move |(digits, exponent)| pack(false, digits, exponent)),
        1 => special.prop_map(|first| (u128::from(first) << 120).to_le_bytes()),
    ]
}

fn binary() -> impl Strategy<Value = Vec<u8>> {
    let subtype = prop_oneof![Just(0_u8), Just(2), Just(3), Just(4), any::<u8>()];
    let bytes = || any::<u8>();
    let bytes = prop_oneof![
        proptest::collection::vec(bytes(), 16..=16),
        proptest::collection::vec(bytes(), 0..20)
    ];
    (subtype, bytes).prop_map(|(subtype, bytes)| {
        let mut out = Vec::new();
        Binary::new(subtype, bytes.into()).write_element(&mut out);
        out
    })
}

fn number() -> impl Strategy<Value = Value> {
    let double = prop_oneof![
        any::<f64>(),
        any::<u64>().prop_map(f64::from_bits),
        any::<i32>().prop_map(f64::from),
        proptest::sample::select(vec![
            -0.0,
            f64::NAN,
            f64::INFINITY,
            9007199254740993.0,
            1e22
        ]),
    ];
    let long = prop_oneof![any::<i64>(), -5..5_i64, Just(i64::MIN), Just(i64::MAX)];
    prop_oneof![
        double.prop_map(|float| (kind::DOUBLE, float.to_le_bytes().to_vec())),
        any::<i32>().prop_map(|int| (kind::INT32, int.to_le_bytes().to_vec())),
        long.prop_map(|int| (kind::INT64, int.to_le_bytes().to_vec())),
        decimal().prop_map(|decimal| (kind::DECIMAL128, decimal.to_vec())),
    ]
}

fn leaf() -> impl Strategy<Value = Value> {
    let date = prop_oneof![
        any::<i64>(),
        -70_000_000_000_000..260_000_000_000_000_i64,
        Just(i64::MIN)
    ];
    let empty = proptest::sample::select(vec![
        kind::UNDEFINED,
        kind::NULL,
        kind::MIN_KEY,
        kind::MAX_KEY,
    ]);
    let stringy =
        proptest::sample::select(vec![kind::STRING, kind::STRING, kind::CODE, kind::SYMBOL]);
    let pointer =
        (text(), any::<[u8; 12]>()).prop_map(|(name, id)| [&string_bytes(&name)[..], &id].concat());
    prop_oneof![
        4 => number(),
        4 => (stringy, text()).prop_map(|(kind, text)| (kind, string_bytes(&text))),
        2 => empty.prop_map(|kind| (kind, Vec::new())),
        1 => binary().prop_map(|bytes| (kind::BINARY, bytes)),
        1 => any::<[u8; 12]>().prop_map(|id| (kind::OBJECT_ID, id.to_vec())),
        1 => any::<bool>().prop_map(|flag| (kind::BOOLEAN, vec![u8::from(flag)])),
        1 => date.prop_map(|ms| (kind::DATE_TIME, ms.to_le_bytes().to_vec())),
        1 => any::<[u8; 8]>().prop_map(|timestamp| (kind::TIMESTAMP, timestamp.to_vec())),
        1 => pointer.prop_map(|bytes| (kind::DB_POINTER, bytes)),
        1 => (without_nul(), without_nul())
            .prop_map(|(pattern, options)| (kind::REGEX, format!("{pattern}\0{options}\0").into_bytes())),
    ]
}

fn document_bytes<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    for (name, (kind, value)) in fields {
        bytes.push(*kind);
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(value);
    }
    bytes.push(0);
    let length = (bytes.len() as i32).to_le_bytes();
    bytes[..4].copy_from_slice(&length);
    bytes
}

fn fields(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec((name(), values), 0..5).prop_map(|mut fields| {
        let mut seen = HashSet::new();
        fields.retain(|(name, _)| seen.insert(name.clone()));
        document_bytes(fields.iter().map(|(name, value)| (name.as_str(), value)))
    })
}

fn array_bytes(items: &[Value]) -> Vec<u8> {
    let names: Vec<String> = (0..items.len()).map(|index| index.to_string()).collect();
    document_bytes(names.iter().map(String::as_str).zip(items))
}

fn code_bytes(text: &str, scope: &[u8]) -> Vec<u8> {
    let body = [&string_bytes(text)[..], scope].concat();
    [&((body.len() + 4) as i32).to_le_bytes()[..], &body].concat()
}

fn any_value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 30, 5, |inner| {
        let items = proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            3 => fields(inner.clone()).prop_map(|bytes| (kind::DOCUMENT, bytes)),
            2 => items.prop_map(|items| (kind::ARRAY, array_bytes(&items))),
            1 => (text(), fields(inner)).prop_map(|(text, scope)| (kind::CODE_WITH_SCOPE, code_bytes(&text, &scope))),
        ]
    })
}

fn any_document() -> impl Strategy<Value = Bytes> {
    fields(any_value()).prop_map(Bytes::from)
}

fn open(bytes: &Bytes) -> Document {
    Document::from_bytes(bytes.clone()).unwrap()
}

/// Decodes a value and builds it again, so that no bytes are copied.
pub fn rebuilt(value: &Dynamic) -> Dynamic {
    if let Some(document) = value.read_lock::<Document>() {
        let mut copy = Document::default();
        for (name, value) in document.entries().unwrap() {
            copy.set(&name, rebuilt(&value)).unwrap();
        }
        return Dynamic::from(copy);
    }
    match value.read_lock::<Array>() {
        Some(array) => array.iter().map(rebuilt).collect::<Array>().into(),
        None => value.clone(),
    }
}

/// Whether text can represent the value exactly. NaN has many forms in BSON, but only one in text;
/// the options of a Regex are written in alphabetical order.
fn has_one_form(value: &Dynamic) -> bool {
    let fields_have = |document: &Document| {
        document
            .entries()
            .unwrap()
            .iter()
            .all(|(_, value)| has_one_form(value))
    };
    if let Some(document) = value.read_lock::<Document>() {
        return fields_have(&document);
    }
    if let Some(array) = value.read_lock::<Array>() {
        return array.iter().all(has_one_form);
    }
    if let Some(code) = value.read_lock::<Code>() {
        return code.scope().is_none_or(fields_have);
    }
    if let Some(regex) = value.read_lock::<Regex>() {
        return regex.options().chars().is_sorted();
    }
    value
        .as_float()
        .is_ok_and(|float| !float.is_nan() || float.to_bits() == f64::NAN.to_bits())
        || !value.is_float()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn documents_keep_their_bytes(bytes in any_document()) {
        let document = open(&bytes);
        prop_assert_eq!(&document.to_bytes().unwrap(), &bytes);
        let mut touched = document.clone();
        touched.fields_mut().unwrap();
        prop_assert_eq!(&touched.to_bytes().unwrap(), &bytes);
        let whole = rebuilt(&Dynamic::from(document));
        prop_assert_eq!(encode::value(&whole).unwrap().1, bytes.to_vec());
    }

    #[test]
    fn changing_a_field_keeps_the_others(bytes in any_document(), which in any::<prop::sample::Index>()) {
        let names = open(&bytes).keys().unwrap();
        prop_assume!(!names.is_empty());
        let name = &names[which.index(names.len())];
        let mut document = open(&bytes);
        document.set(name, "changed".into()).unwrap();
        document.set("added at the end", true.into()).unwrap();
        let after = document.to_bytes().unwrap();
        for (old, new) in Elements::new(&bytes).unwrap().zip(Elements::new(&after).unwrap()) {
            let (old, new) = (old.unwrap(), new.unwrap());
            prop_assert_eq!(old.key, new.key);
            if old.key != name.as_bytes() {
                prop_assert_eq!((old.kind, old.value), (new.kind, new.value));
            }
        }
        document.set(name, open(&bytes).get(name).unwrap().unwrap()).unwrap();
        document.remove("added at the end").unwrap();
        prop_assert_eq!(&document.to_bytes().unwrap(), &bytes);
    }

    #[test]
    fn a_script_can_copy_any_document(bytes in any_document()) {
        let script = "let out = #{}; for name in d.keys() { out[name] = d[name]; }
            let list = [d]; list[0][\"for a moment\"] = 1; list[0].remove(\"for a moment\"); [list[0], out]";
        let result = Script::new().eval_with("d", Dynamic::from(open(&bytes)), script);
        for copy in result.into_array().unwrap() {
            prop_assert_eq!(encode::value(&copy).unwrap().1, bytes.to_vec());
        }
    }

    #[test]
    fn source_evaluates_to_the_same(bytes in any_document()) {
        let document = Dynamic::from(open(&bytes));
        let source = show::source(&document);
        let again = evaluated(&source);
        prop_assert!(compare::equal(&document, &again), "{}", source);
        prop_assert_eq!(compare::canonical_key(&document).unwrap(), compare::canonical_key(&again).unwrap());
        if has_one_form(&document) {
            prop_assert!(compare::same_bytes(&document, &again).unwrap(), "{}", source);
        }
    }

    #[test]
    fn a_single_value_evaluates_to_an_equal_one((kind, bytes) in any_value()) {
        let owner = Bytes::from(bytes);
        let original = decode::value(kind, &owner, &owner).unwrap();
        let source = show::source(&original);
        prop_assert!(compare::equal(&original, &evaluated(&source)), "{}", source);
    }

    #[test]
    fn equal_values_have_equal_keys((kind, bytes) in number(), (other_kind, other) in number()) {
        let value = |kind, bytes: &Vec<u8>| {
            let owner = Bytes::from(bytes.clone());
            decode::value(kind, &owner, &owner).unwrap()
        };
        let (left, right) = (value(kind, &bytes), value(other_kind, &other));
        let (left_key, right_key) = (compare::canonical_key(&left).unwrap(), compare::canonical_key(&right).unwrap());
        prop_assert_eq!(compare::equal(&left, &right), left_key == right_key);
    }

    #[test]
    fn canonical_extended_json_keeps_everything(bytes in any_document()) {
        let document = Dynamic::from(open(&bytes));
        let json = ejson::canonical(&document).unwrap();
        // Extended JSON may read a field name with `$` as a type.
        prop_assume!(!show::source(&document).contains('$') && has_one_form(&document));
        let again = ejson::parse(&json).unwrap();
        prop_assert!(compare::same_bytes(&document, &again).unwrap(), "{}\n{}", json, show::source(&again));
        let relaxed = ejson::relaxed(&document).unwrap();
        prop_assert!(serde_json::from_str::<serde_json::Value>(&relaxed).is_ok());
    }

    #[test]
    fn damaged_bytes_are_errors(bytes in any_document(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = bytes.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(document) = Document::from_bytes(Bytes::from(bytes)) {
            let value = Dynamic::from(document.clone());
            let _ = (show::source(&value), ejson::canonical(&value), compare::canonical_key(&value));
            let _ = (document.entries(), document.keys(), document.len(), document.get("a"));
            prop_assert!(compare::equal(&value, &value));
        }
    }

    #[test]
    fn any_text_is_safe_to_parse(text in any::<String>()) {
        let _ = ejson::parse(&text);
        let _ = ejson::parse(&format!("{{\"$date\":{text:?}}}"));
    }
}

#[test]
fn reserved_words_are_quoted() {
    for word in words::RESERVED {
        assert!(!words::is_plain_key(word), "{word}");
        let quoted = format!("#{{ \"{word}\": 1 }}");
        assert_eq!(show::source(&evaluated(&quoted)), quoted);
    }
    for word in ["type", "tag", "_id", "a1", "kind"] {
        let plain = format!("#{{ {word}: 1 }}");
        assert_eq!(show::source(&evaluated(&plain)), plain);
    }
}

#[test]
fn extended_json_matches_the_specification() {
    for (source, relaxed, canonical) in [
        ("#{ n: 1 }", r#"{"n":1}"#, r#"{"n":{"$numberInt":"1"}}"#),
        ("Int64(1)", "1", r#"{"$numberLong":"1"}"#),
        ("1.5", "1.5", r#"{"$numberDouble":"1.5"}"#),
        ("-0.0", "-0.0", r#"{"$numberDouble":"-0.0"}"#),
        (
            r#"Double("NaN")"#,
            r#"{"$numberDouble":"NaN"}"#,
            r#"{"$numberDouble":"NaN"}"#,
        ),
        (
            "DateTime(-1)",
            r#"{"$date":{"$numberLong":"-1"}}"#,
            r#"{"$date":{"$numberLong":"-1"}}"#,
        ),
        (
            "DateTime(1500)",
            r#"{"$date":"1970-01-01T00:00:01.500Z"}"#,
            r#"{"$date":{"$numberLong":"1500"}}"#,
        ),
        (
            r#"Binary("aGk=", 128)"#,
            r#"{"$binary":{"base64":"aGk=","subType":"80"}}"#,
            r#"{"$binary":{"base64":"aGk=","subType":"80"}}"#,
        ),
        (
            r#"Code("x", #{ a: 1 })"#,
            r#"{"$code":"x","$scope":{"a":1}}"#,
            r#"{"$code":"x","$scope":{"a":{"$numberInt":"1"}}}"#,
        ),
    ] {
        let value = evaluated(source);
        assert_eq!(ejson::relaxed(&value).unwrap(), relaxed);
        assert_eq!(ejson::canonical(&value).unwrap(), canonical);
    }
}

#[test]
fn extended_json_is_read() {
    let read = |text: &str| ejson::parse(text).map(|value| show::source(&value));
    assert_eq!(
        read(r#"{"$gt": {"$numberLong": "5"}, "x": {"$ref": "a", "$id": 1}}"#).unwrap(),
        r##"#{ "$gt": Int64(5), x: #{ "$ref": "a", "$id": 1 } }"##
    );
    let uuid = "936da01f-9abd-4d9d-80c7-02af85c822a8";
    assert_eq!(
        read(&format!(r#"{{"$uuid": "{uuid}"}}"#)).unwrap(),
        format!("UUID(\"{uuid}\")")
    );
    for bad in [
        r#"{"$oid": 5}"#,
        r#"{"$numberInt": "5", "x": 1}"#,
        r#"{"$date": []}"#,
        "{",
        "[1,,]",
        r#"{"$minKey": 2}"#,
        r#"{"$numberInt": "3000000000"}"#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
    assert!(read(&"[".repeat(100_000)).is_err());
    let message = |text: &str| ejson::parse(text).unwrap_err().message().to_owned();
    assert_eq!(
        message("{\"a\":\n  nope}"),
        "the text is not JSON: expected ident (line 2, column 4)"
    );
    assert_eq!(
        message(r#"{"a": {"b": {"$oid": "x"}}}"#),
        "in `a.b`: `x` is not an ObjectId"
    );
    assert_eq!(
        show::source(&evaluated(
            r#"parse_json("{\"b\": {\"$oid\": 1}, \"a\": 1e3}")"#
        )),
        r##"#{ b: #{ "$oid": 1 }, a: 1000.0 }"##
    );
}

/// Inserts a document, reads it, inserts it again and reads it again: the bytes stay the same.
#[test]
fn the_server_keeps_any_bson() {
    let server = SharedServer::get();
    let session = server.session("any_bson", |_| {});
    let engine = seaworthy::engine::build(&session, &seaworthy::engine::LookedAt::all());
    let there_and_back = engine
        .compile(
            "db.once.insert_one(#{ _id: id, v: value });
             let once = db.once.find_one(id);
             db.twice.insert_one(once);
             [once.v, db.twice.find_one(id).v]",
        )
        .unwrap();
    let drop = "db.once.drop(); db.twice.drop();";
    engine.run(drop).unwrap();
    let id = AtomicI64::new(0);
    let config = ProptestConfig {
        cases: 96,
        ..config()
    };
    let tried = TestRunner::new(config).run(&any_document(), |bytes| {
        let mut scope = Scope::new();
        scope.push("id", id.fetch_add(1, Ordering::Relaxed));
        scope.push("value", open(&bytes));
        let back: Array = engine
            .eval_ast_with_scope(&mut scope, &there_and_back)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        for value in back {
            prop_assert_eq!(value.cast::<Document>().to_bytes().unwrap(), &bytes);
        }
        Ok(())
    });
    engine.run(drop).unwrap();
    session.finish();
    tried.unwrap();
}
