use std::collections::BTreeSet;

use bytes::Bytes;
use rhai::{Array, Dynamic, Scope};
use seaworthy::mongo::elements::{Elements, kind};
use seaworthy::values::codec::encode;
use seaworthy::values::document::Document;
use seaworthy::values::order::compare;
use seaworthy::values::{ejson, show};

use crate::support::fuzz::documents;
use crate::support::{SharedServer, evaluated};
use crate::values_roundtrip::rebuilt;

/// All types of the BSON specification, deprecated ones included.
fn kinds() -> BTreeSet<u8> {
    let numbered = kind::DOUBLE..=kind::DECIMAL128;
    numbered.chain([kind::MIN_KEY, kind::MAX_KEY]).collect()
}

fn open(bytes: &[u8]) -> Document {
    Document::from_bytes(Bytes::copy_from_slice(bytes)).unwrap()
}

#[test]
fn hand_made_bytes_of_every_type_are_kept() {
    let mut met = BTreeSet::new();
    for (what, bytes) in documents("bson_good") {
        met.extend(
            Elements::new(&bytes)
                .unwrap()
                .map(|element| element.unwrap().kind),
        );
        let document = open(&bytes);
        assert_eq!(document.to_bytes().unwrap(), bytes, "{what}");
        let mut touched = document.clone();
        touched.fields_mut().unwrap();
        assert_eq!(touched.to_bytes().unwrap(), bytes, "{what}");
        let value = Dynamic::from(document);
        assert_eq!(encode::value(&rebuilt(&value)).unwrap().1, bytes, "{what}");
        let source = show::source(&value);
        assert_eq!(
            encode::value(&evaluated(&source)).unwrap().1,
            bytes,
            "{what}: {source}"
        );
        let json = ejson::canonical(&value).unwrap();
        let again = ejson::parse(&json).unwrap();
        assert!(compare::equal(&value, &again), "{what}: {json}");
        assert_eq!(encode::value(&again).unwrap().1, bytes, "{what}: {json}");
    }
    assert_eq!(met, kinds());
}

#[test]
fn the_server_keeps_hand_made_bytes_of_every_type() {
    let server = SharedServer::get();
    let session = server.session("hand_made", |_| {});
    let engine = seaworthy::engine::build(&session, &seaworthy::engine::LookedAt::all());
    engine.run("db.drop();").unwrap();
    for (index, (what, bytes)) in documents("bson_good").into_iter().enumerate() {
        let mut scope = Scope::new();
        scope.push("id", index as i64);
        scope.push("value", open(&bytes));
        let there_and_back = "db.once.insert_one(#{ _id: id, v: value });
            let once = db.once.find_one(id);
            db.twice.insert_one(once);
            [once.v, db.twice.find_one(id).v]";
        let back: Array = engine.eval_with_scope(&mut scope, there_and_back).unwrap();
        for value in back {
            assert_eq!(
                value.cast::<Document>().to_bytes().unwrap(),
                bytes,
                "{what}"
            );
        }
    }
    engine.run("db.drop();").unwrap();
    session.finish();
}

#[test]
fn damaged_bytes_are_shown_and_written_unchanged() {
    for (what, bytes) in documents("bson_bad") {
        let Ok(document) = Document::from_bytes(Bytes::from(bytes.clone())) else {
            continue;
        };
        assert_eq!(document.to_bytes().unwrap(), bytes, "{what}");
        let value = Dynamic::from(document);
        assert!(!show::source(&value).is_empty(), "{what}");
    }
    // A string of the server may be invalid; the error says why.
    let error = open(b"\x11\0\0\0\x02a\0\x05\0\0\0caf\xe9\0\0")
        .get("a")
        .unwrap_err();
    assert_eq!(
        error.message(),
        "the bytes are not BSON: a string is not UTF-8"
    );
    assert!(error.hint_text().unwrap().contains("damaged"));
}

/// Returns the bytes of `depth` nested arrays or documents.
fn nested(kind: u8, depth: usize) -> Vec<u8> {
    // Built from the outside, because building from the inside copies everything at each level.
    let size = 5 + 8 * depth;
    let mut bytes = Vec::with_capacity(size);
    for level in 0..depth {
        bytes.extend_from_slice(&((size - 8 * level) as i32).to_le_bytes());
        bytes.extend_from_slice(&[kind, b'0', 0]);
    }
    bytes.extend_from_slice(&[5, 0, 0, 0]);
    bytes.resize(size, 0);
    bytes
}

#[test]
fn bytes_nested_a_million_levels_are_an_error() {
    for kind in [kind::ARRAY, kind::DOCUMENT] {
        let document = open(&nested(kind, 1_000_000));
        assert_eq!(document.get("0").is_err(), kind == kind::ARRAY);
        let value = Dynamic::from(document);
        assert!(ejson::canonical(&value).is_err());
        assert!(compare::canonical_key(&value).is_err());
        assert!(show::source(&value).len() < 20_000);
    }
    // Depths that servers accept work.
    let value = Dynamic::from(open(&nested(kind::ARRAY, 200)));
    assert!(ejson::canonical(&value).is_ok());
}
