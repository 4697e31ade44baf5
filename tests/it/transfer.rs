//! `seaworthy import`, `seaworthy export`, and files in scripts.

use std::process::Stdio;

use crate::support::{RunOutput, Scratch};

/// A folder, and a database on the private server with this name.
struct Trial {
    folder: Scratch,
    database: &'static str,
}

impl Trial {
    fn new(database: &'static str) -> Self {
        let trial = Self {
            folder: Scratch::new(),
            database,
        };
        trial.eval("db.drop();");
        trial
    }

    fn run(&self, args: &[&str]) -> RunOutput {
        let own = ["--quiet", "--db", self.database];
        let all: Vec<&str> = args.iter().copied().chain(own).collect();
        self.folder.seaworthy(&all)
    }

    /// Runs the program, which must succeed, and returns what it printed.
    fn says(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}\n{}", ran.errors);
        ran.out
    }

    fn eval(&self, code: &str) -> String {
        self.says(&["eval", code]).trim_end().to_owned()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).unwrap()
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.run(&["eval", "db.drop();"]);
    }
}

const TYPED: &str = r##"db.all.insert_many([
    #{ _id: 1, big: Int64(5), d: Decimal128("1.10"), at: DateTime("2026-01-31T10:00:00.5Z"), x: 1.5 },
    #{ _id: ObjectId("507f1f77bcf86cd799439011"), list: [1, #{ a: () }], b: Binary("AQI=", 0), r: Regex("^a", "i"), t: "zwölf\n, \"x\"" },
    #{ _id: Timestamp(1, 2), min: MinKey, u: UUID("00112233-4455-6677-8899-aabbccddeeff") },
])"##;

#[test]
fn every_format_keeps_the_documents() {
    let trial = Trial::new("transfer_formats");
    trial.eval(TYPED);
    for file in [
        "all.jsonl",
        "all.json",
        "all.bson",
        "all.jsonl.gz",
        "all.bson.gz",
    ] {
        trial.says(&["export", "all", "-o", file, "--canonical", "--sort", "_id"]);
        trial.says(&["import", file, "--into", "copy", "--drop"]);
        let same = trial.eval(
            "let a = db.all.find().sort(\"_id\").to_array(); let b = db.copy.find().sort(\"_id\").to_array(); same_bytes(#{ v: a }, #{ v: b })",
        );
        assert_eq!(same, "true", "{file}");
    }
    let out = trial.says(&["export", "all", "--query", "{\"_id\": 1}", "--fields", "x"]);
    assert_eq!(out, "{\"x\":1.5}\n");
    let two = trial.says(&[
        "export", "all", "--first", "2", "--type", "json", "--sort", "-_id", "--fields", "_id",
    ]);
    assert_eq!(two.lines().count(), 4, "{two}");
    assert_eq!(trial.says(&["export", "nothing", "--type", "json"]), "[]\n");
}

#[test]
fn csv_files_have_types() {
    let trial = Trial::new("transfer_csv");
    trial.folder.write(
        "people.csv",
        "\u{feff}name,age,zip,born,home.city,home.n,note\r\n\"Ada, \"\"A\"\"\",36,01234,1815-12-10,Oslo,1,\r\nBob,x1,9,2000-01-01,,2,\"two\nlines\"\r\n",
    );
    let says = trial.says(&[
        "import",
        "people.csv",
        "--into",
        "people",
        "--types",
        "born=date,zip=string",
    ]);
    assert!(
        says.starts_with("imported 2 documents into transfer_csv.people in "),
        "{says}"
    );
    assert_eq!(
        trial.eval("db.people.find(#{}, #{ projection: #{ _id: 0 } }).sort(\"name\")"),
        "#{ name: \"Ada, \\\"A\\\"\", age: 36, zip: \"01234\", born: DateTime(\"1815-12-10T00:00:00Z\"), home: #{ city: \"Oslo\", n: 1 } }\n\
         #{ name: \"Bob\", age: \"x1\", zip: \"9\", born: DateTime(\"2000-01-01T00:00:00Z\"), home: #{ n: 2 }, note: \"two\\nlines\" }"
    );
    let ran = trial.run(&[
        "import",
        "people.csv",
        "--into",
        "bad",
        "--types",
        "age=int",
    ]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.errors
            .contains("people.csv:3: `x1` in column `age` is not an int"),
        "{}",
        ran.errors
    );
    let out = trial.says(&[
        "export",
        "people",
        "--type",
        "csv",
        "--fields",
        "name,home,born,note",
        "--sort",
        "name",
    ]);
    assert_eq!(
        out,
        "name,home,born,note\n\"Ada, \"\"A\"\"\",\"{\"\"city\"\":\"\"Oslo\"\",\"\"n\"\":1}\",1815-12-10T00:00:00Z,\nBob,\"{\"\"n\"\":2}\",2000-01-01T00:00:00Z,\"two\nlines\"\n"
    );
    for (args, message) in [
        (
            &["import", "people.csv", "--into", "x", "--types", "agee=int"][..],
            "the file has no column `agee`",
        ),
        (
            &[
                "import",
                "people.csv",
                "--into",
                "x",
                "--types",
                "age=integer",
            ],
            "there is no column type `integer`",
        ),
        (
            &["export", "people", "--type", "csv"],
            "a CSV file needs its columns",
        ),
        (
            &["import", "people", "--into", "x"],
            "the format of `people` is not known",
        ),
        (
            &["import", "people.csv", "--into", "."],
            "`.` is not a collection",
        ),
        (
            &["export", "people", "--query", "[]"],
            "`--query` is not a document",
        ),
        (
            &["import", "absent.json", "--into", "x"],
            "cannot read `absent.json`: no such file or directory",
        ),
    ] {
        let ran = trial.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}");
        assert!(ran.errors.contains(message), "{args:?}: {}", ran.errors);
    }
}

#[test]
fn bad_lines_are_named_and_may_be_left_out() {
    let trial = Trial::new("transfer_bad");
    trial.folder.write(
        "bad.jsonl",
        "{\"_id\": 1}\n\n{\"_id\": 2\n[3]\n{\"_id\": 1, \"again\": true}\n{\"_id\": 6}\n",
    );
    let ran = trial.run(&["import", "bad.jsonl", "--into", "items"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.errors.contains("bad.jsonl:3: the text is not JSON"),
        "{}",
        ran.errors
    );
    assert!(
        ran.errors.contains("imported 1 document into"),
        "{}",
        ran.errors
    );
    let ran = trial.run(&[
        "import",
        "bad.jsonl",
        "--into",
        "items",
        "--drop",
        "--continue",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(
        ran.out.contains("imported 2 documents into")
            && ran.out.contains("; 3 records were left out"),
        "{}",
        ran.out
    );
    let reported: Vec<&str> = ran.errors.lines().collect();
    assert_eq!(reported.len(), 3, "{}", ran.errors);
    assert!(reported[0].starts_with("bad.jsonl:3: "), "{}", ran.errors);
    assert!(
        reported[1].starts_with("bad.jsonl:4: expected a document, not an array"),
        "{}",
        ran.errors
    );
    assert!(
        reported[2].starts_with("bad.jsonl:5: E11000 duplicate key"),
        "{}",
        ran.errors
    );
    assert_eq!(trial.eval("db.items.distinct(\"_id\")"), "[1, 6]");
    // Without `--continue`, the server's first error ends the import.
    trial
        .folder
        .write("twice.json", "[{\"_id\": 7},\n{\"_id\": 7}, {\"_id\": 8}]");
    let ran = trial.run(&["import", "twice.json", "--into", "items"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.errors.contains("twice.json:2: E11000"),
        "{}",
        ran.errors
    );
    assert!(
        ran.errors.contains("imported 1 document into"),
        "{}",
        ran.errors
    );
    trial.folder.write("cut.bson", [20, 0, 0, 0, 1]);
    let ran = trial.run(&["import", "cut.bson", "--into", "items"]);
    assert!(
        ran.errors
            .contains("cut.bson:1: the file ends inside a document"),
        "{}",
        ran.errors
    );
}

#[test]
fn documents_are_replaced_by_a_field() {
    let trial = Trial::new("transfer_upsert");
    trial.eval(
        "db.items.insert_many([#{ _id: 1, sku: \"a\", n: 1 }, #{ _id: 2, sku: \"b\", n: 1 }])",
    );
    trial.folder.write(
        "new.jsonl",
        "{\"sku\": \"a\", \"n\": 5}\n{\"sku\": \"c\", \"n\": 6, \"price\": \"$n\"}\n{\"n\": 7}\n",
    );
    let ran = trial.run(&[
        "import",
        "new.jsonl",
        "--into",
        "items",
        "--upsert-by",
        "sku",
        "--continue",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(
        ran.errors
            .contains("new.jsonl:3: the document has no field `sku`"),
        "{}",
        ran.errors
    );
    assert!(ran.out.contains("imported 2 documents"), "{}", ran.out);
    assert_eq!(
        trial.eval("db.items.find(#{ sku: #{ $ne: \"c\" } }).sort(\"_id\")"),
        "#{ _id: 1, sku: \"a\", n: 5 }\n#{ _id: 2, sku: \"b\", n: 1 }"
    );
    assert_eq!(trial.eval("db.items.find_one(#{ sku: \"c\" }).price"), "$n");
    trial.folder.write("ids.jsonl", "{\"_id\": 2, \"n\": 9}\n");
    trial.says(&[
        "import",
        "ids.jsonl",
        "--into",
        "items",
        "--upsert-by",
        "_id",
    ]);
    assert_eq!(trial.eval("db.items.find_one(2)"), "#{ _id: 2, n: 9 }");
}

#[test]
fn standard_input_is_imported() {
    let trial = Trial::new("transfer_stdin");
    let mut child = crate::support::command()
        .args([
            "import",
            "-",
            "--into",
            "items",
            "--quiet",
            "--db",
            trial.database,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"[{\"_id\": 1},\n {\"_id\":\n 2}] {\"_id\": 3}")
        .unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(trial.eval("db.items.distinct(\"_id\")"), "[1, 2, 3]");
}

#[test]
fn a_file_appears_only_when_it_is_complete() {
    let trial = Trial::new("transfer_whole");
    trial.folder.write("out.jsonl", "before");
    let ran = trial.run(&[
        "export",
        "items",
        "-o",
        "out.jsonl",
        "--query",
        "{\"$nonsense\": 1}",
    ]);
    assert_ne!(ran.code, Some(0));
    assert_eq!(trial.read("out.jsonl"), "before");
    assert_eq!(std::fs::read_dir(trial.folder.path()).unwrap().count(), 1);
}

#[test]
fn scripts_read_and_write_files_below_their_folder() {
    let trial = Trial::new("transfer_scripts");
    trial.folder.write("sub/script.rhai", r##"
        save_jsonl("lines.jsonl", [#{ _id: 1, at: DateTime(0) }, #{ _id: 2 }]);
        let seen = [];
        for document in load_jsonl("lines.jsonl") { seen.push(document._id); }
        assert_eq(seen, [1, 2]);
        db.items.insert_many(load_jsonl("lines.jsonl").to_array());
        assert_eq(save_jsonl("again.jsonl", db.items.find().filter(|d| d._id == 1).map(|d| #{ id: d._id })), 1);
        assert_eq(load_jsonl("again.jsonl").next(), #{ id: 1 });
        let factor = 10;
        assert_eq(db.items.find().map(|d| d._id * factor).to_array(), [10, 20]);
        let total = 0;
        for id in db.items.find().map(|d| d._id) { total += id; if total > 0 { break; } }
        assert_eq(total, 1);
        let failing = db.items.find().map(|d| d.nothing.at_all);
        assert_throws("Script", || failing.next());
        assert_throws(errors::InvalidArgument, || db.items.find().map(|a, b, c| a).next());
        for path in ["../out.json", "/tmp/out.json", "link.json"] {
            let error = assert_throws(errors::InvalidArgument, || save_json(path, 1));
            assert("outside" in error.message, error.message);
        }
        let error = assert_throws(errors::InvalidArgument, || load_json("../secret.json"));
        assert("outside" in error.message, error.message);
        save_csv("items.csv", db.items.find(), ["_id", "at"]);
        print(load_csv("items.csv", #{ _id: "string" }).to_array());
        let error = assert_throws(errors::InvalidArgument, || load_jsonl("broken.jsonl").to_array());
        print(error.message);
        for line in input() { print(`<${line}>`); }
    "##);
    trial.folder.write("secret.json", "1");
    trial.folder.write("sub/broken.jsonl", "{}\n{");
    std::os::unix::fs::symlink(
        trial.folder.path().join("secret.json"),
        trial.folder.path().join("sub/link.json"),
    )
    .unwrap();
    let mut child = crate::support::command()
        .args(["run", "sub/script.rhai", "--quiet", "--db", trial.database])
        .current_dir(trial.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"one\r\ntwo").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let (out, errors) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(output.status.success(), "{errors}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[0],
        "[#{ _id: \"1\", at: \"1970-01-01T00:00:00Z\" }, #{ _id: \"2\" }]"
    );
    assert!(
        lines[1].contains("broken.jsonl:2: the text is not JSON"),
        "{out}"
    );
    assert_eq!(lines[2..], ["<one>", "<two>"]);
    assert_eq!(trial.read("secret.json"), "1");
}

#[test]
fn a_confined_script_has_no_files() {
    let folder = Scratch::new();
    folder.write("data.json", "1");
    folder.write(
        "script.rhai",
        "for act in [|| load_json(\"data.json\"), || load_jsonl(\"data.json\"), || load_csv(\"data.json\"), || save_json(\"new.json\", 1), || save_jsonl(\"new.json\", []), || save_csv(\"new.json\", [], []), || db.gridfs().upload_file(\"a\", \"data.json\"), || db.gridfs().download_file(1, \"new.json\"), || input()] {
            let error = assert_throws(errors::InvalidArgument, act);
            assert(\"confined\" in error.message, error.message);
        }",
    );
    let ran = folder.seaworthy(&["run", "--confined", "script.rhai"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(!folder.path().join("new.json").exists());
}
