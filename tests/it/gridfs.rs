//! GridFS: files in a database, with their errors, and together with PyMongo.

use std::process::Command;

use crate::support::{SharedServer, python_program};

#[test]
fn a_file_is_stored_in_chunks_and_read_from_any_position() {
    let code = r#"
        let fs = db.gridfs();
        let content = blob(600_000, 7);
        content[261_120] = 8;
        let id = fs.upload("big", content, #{ metadata: #{ ship: "Odin" } });
        print(db.fs.chunks.find(#{ files_id: id }).sort("n").to_array().map(|c| [c.n, c.data.to_blob().len()]));
        print(fs.download(id) == content);
        let file = fs.open(id);
        print([file.length, file.position, file.info.metadata]);
        file.seek(261_119);
        print([file.read(3), file.position]);
        file.seek(700_000);
        print([file.read(1), file.position]);
        let sizes = [];
        for part in fs.open(id) { sizes.push(part.len()); }
        print(sizes);
        let small = fs.upload("small", "abcdefghij", #{ id: "s", chunk_size_bytes: 3 });
        let parts = [];
        for part in fs.open(small) { parts.push(part.as_string()); }
        print([small, parts, fs.download_by_name("small").as_string()]);
        print([fs.download(fs.upload("empty", "")), fs.download(fs.upload("b", Binary("aGk=")))]);
        print(db.fs.files.list_indexes().map(|i| i.name));
        print(db.fs.chunks.list_indexes().filter(|i| i.name != "_id_").map(|i| [i.key, i.unique]));
    "#;
    let printed = SharedServer::get().prints("gridfs_chunks", code);
    let expected = [
        "[[0, 261120], [1, 261120], [2, 77760]]",
        "true",
        "[600000, 0, #{ ship: \"Odin\" }]",
        "[Binary(\"BwgH\", 0), 261122]",
        "[Binary(\"\", 0), 600000]",
        "[261120, 261120, 77760]",
        "[\"s\", [\"abc\", \"def\", \"ghi\", \"j\"], \"abcdefghij\"]",
        "[Binary(\"\", 0), Binary(\"aGk=\", 0)]",
        "[\"_id_\", \"filename_1_uploadDate_1\"]",
        "[[#{ files_id: 1, n: 1 }, true]]",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn revisions_names_and_buckets_are_those_of_the_specification() {
    let code = r#"
        let fs = db.gridfs(#{ bucket_name: "photos", write_concern: #{ w: "majority" } });
        for text in ["one", "two", "three"] { fs.upload("log", text); sleep(0.005); }
        print([0, 1, -1, -3].map(|n| fs.download_by_name("log", n).as_string()));
        print(fs.open_by_name("log", -2).read().as_string());
        fs.rename_by_name("log", "diary");
        print(fs.find(#{ filename: "diary" }, #{ sort: #{ uploadDate: -1 } }).to_array().map(|f| f.length));
        let first = fs.find().sort("uploadDate").next()._id;
        fs.rename(first, "first");
        fs.delete(first);
        fs.delete_by_name("diary");
        print([db.photos.files.count_documents(), db.photos.chunks.count_documents()]);
        fs.drop();
        print([db.list_collection_names(), fs.find().to_array()]);
    "#;
    let printed = SharedServer::get().prints("gridfs_names", code);
    let expected = [
        "[\"one\", \"two\", \"three\", \"one\"]",
        "two",
        "[Int64(5), Int64(3), Int64(3)]",
        "[0, 0]",
        "[[], []]",
    ];
    assert_eq!(printed, expected);
}

#[test]
fn missing_and_damaged_files_and_bad_input_have_a_kind() {
    let code = r#"
        let fs = db.gridfs();
        let id = fs.upload("ship", "ahoy there", #{ chunk_size_bytes: 4 });
        let kinds = |calls| calls.map(|act| { try { act.call(); "none" } catch (e) { e.kind } });
        print(kinds.call([
            || fs.download(1), || fs.open("x"), || fs.rename(1, "a"), || fs.delete(1), || fs.download_by_name("a"),
            || fs.download_by_name("ship", 1), || fs.rename_by_name("a", "b"), || fs.delete_by_name("a"),
        ]));
        print(kinds.call([
            || fs.upload("a", 5), || fs.upload(1, "a"), || fs.upload("a", "b", #{ chunk_size_bytes: 0 }),
            || fs.upload("a", "b", #{ chunk_size_bytes: 17_000_000 }), || fs.upload("a", "b", #{ meta: 1 }),
            || db.gridfs(#{ bucket: "a" }), || fs.upload_file("a", "missing"), || fs.upload_file("a", "."),
            || fs.upload_file("a", "../a"), || fs.download_file(id, "../a"), || fs.open(id).seek(-1),
        ]));
        // The file whose `_id` is taken stays whole.
        print(kinds.call([|| fs.upload("again", "other", #{ id: id })]));
        print(fs.download(id).as_string());
        db.fs.chunks.update_one(#{ files_id: id, n: 1 }, #{ $set: #{ data: Binary("AA==") } });
        try { fs.download(id) } catch (e) { print(e.message.split("damaged: ")[1]) }
        db.fs.chunks.delete_one(#{ files_id: id, n: 1 });
        try { fs.download(id) } catch (e) { print(e.message.split("damaged: ")[1]) }
        let odd = fs.upload("odd", "ab");
        db.fs.chunks.insert_one(#{ files_id: odd, n: 1, data: Binary("AA==") });
        try { fs.download(odd) } catch (e) { print(e.message.split("damaged: ")[1]) }
        for change in [#{ chunkSize: 0 }, #{ length: -1 }, #{ length: "x" }] {
            let id = fs.upload("broken", "ab");
            db.fs.files.update_one(#{ _id: id }, #{ $set: change });
            print(kinds.call([|| fs.download(id)]));
        }
    "#;
    let printed = SharedServer::get().prints("gridfs_errors", code);
    let missing = ["\"FileNotFound\""; 8].join(", ");
    let wrong = ["\"InvalidArgument\""; 11].join(", ");
    let expected = [
        format!("[{missing}]"),
        format!("[{wrong}]"),
        "[\"DuplicateKey\"]".into(),
        "ahoy there".into(),
        "its chunk 1 has 1 bytes instead of 4".into(),
        "its chunk 1 is missing".into(),
        "it has more chunks than its length says".into(),
        "[\"FileCorrupt\"]".into(),
        "[\"FileCorrupt\"]".into(),
        "[\"FileCorrupt\"]".into(),
    ];
    assert_eq!(printed, expected);
}

/// A failed upload leaves no chunks.
#[test]
fn a_failed_upload_is_removed() {
    let code = r#"
        let fs = db.gridfs(#{ chunk_size_bytes: 4 });
        fs.upload("first", "x");
        let fault = client.fail_point(#{ commands: ["insert"], times: 1, error_code: 2 });
        print(assert_throws(errors::CommandFailed, || fs.upload("second", "0123456789")).code);
        fault.off();
        print([db.fs.files.count_documents(), db.fs.chunks.count_documents()]);
    "#;
    let out = crate::support::Lab::new().prints(code);
    assert_eq!(out, "2\n[1, 1]\n");
}

const PYMONGO: &str = r#"
import sys
from gridfs import GridFSBucket
from pymongo import MongoClient
with MongoClient(sys.argv[1]) as client:
    bucket = GridFSBucket(client[sys.argv[2]])
    for out in bucket.find({"filename": "ours"}):
        print(out.metadata["n"], out.chunk_size, len(out.read()), flush=True)
    bucket.upload_from_stream_with_id("p", "theirs", b"from python " * 40000, metadata={"n": 2})
"#;

#[test]
fn pymongo_reads_what_scripts_store_and_the_other_way_round() {
    let (server, database) = (SharedServer::get(), "gridfs_pymongo");
    // `prints` would drop the database.
    let stored = server.eval(
        database,
        r#"db.drop(); db.gridfs().upload("ours", blob(300_000, 1), #{ metadata: #{ n: 1 } })"#,
    );
    assert_eq!(stored.code, Some(0), "{}", stored.errors);
    let python = Command::new(python_program())
        .args(["-c", PYMONGO, server.uri(), database])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&python.stdout);
    let errors = String::from_utf8_lossy(&python.stderr);
    assert_eq!(said, "1 261120 300000\n", "{errors}");
    let code = r#"
        let file = db.gridfs().open_by_name("theirs");
        file.seek(480_000 - 7);
        print([file.info._id, file.info.metadata.n, file.length, file.read().as_string()]);
        db.drop();
    "#;
    let read = server.eval(database, code);
    assert_eq!(
        read.out, "[\"p\", 2, 480000, \"python \"]\n",
        "{}",
        read.errors
    );
}
