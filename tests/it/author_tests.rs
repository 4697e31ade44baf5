use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::support::{
    AT_ONCE, Home, RunOutput, Scratch, eventually, kill_9, shows, shows_normalised,
};

/// A folder of scripts, in which the program runs.
struct Folder {
    scratch: Scratch,
    home: Home,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self {
            scratch: Scratch::new(),
            home: Home::new(),
        };
        for (name, text) in files {
            folder.scratch.write(name, text);
        }
        folder
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.scratch.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.home.command();
        command
            .arg("--quiet")
            .args(args)
            .current_dir(self.scratch.path());
        command
    }

    fn run(&self, args: &[&str]) -> RunOutput {
        self.command(args).output().unwrap().into()
    }
}

const INSERTS: &str = "let made = db.things.insert_one(#{ n: 1 });\nprint(made.inserted_id);\nprint(db.things.find_one());\nprint(random::int(1, 1000000));\n";
const FAILS: &str = "db.things.create_index(\"n\", #{ unique: true });\ndb.things.insert_one(#{ n: 1 });\ndb.things.insert_one(#{ n: 1 });\n";

#[test]
fn a_snapshot_is_missing_then_accepted_then_compared() {
    let folder = Folder::new(&[
        ("a.rhai", INSERTS),
        ("sub/b.rhai", FAILS),
        ("sub/c.rhai", "// test: skip=\"until Ctrl-C\"\nloop {}\n"),
    ]);
    let missing = folder.run(&["test", "--jobs", "1"]);
    assert_eq!(missing.code, Some(1), "{}", missing.errors);
    shows_normalised("author", "missing", &missing.out);
    assert!(!folder.path("a.snap").exists());

    let accepted = folder.run(&["test", "--accept", "--jobs", "1"]);
    assert_eq!(accepted.code, Some(0), "{}", accepted.out);
    let snapshot = fs::read_to_string(folder.path("sub/b.snap")).unwrap();
    shows("author", "a_failing_scripts_snapshot", &snapshot);

    let passed = folder.run(&["test"]);
    assert_eq!(
        (passed.code, passed.errors.as_str()),
        (Some(0), ""),
        "{}",
        passed.out
    );
    assert!(
        passed.out.ends_with("2 passed, 1 skipped\n"),
        "{}",
        passed.out
    );

    folder
        .scratch
        .write("a.rhai", format!("{INSERTS}print(\"more\");\n"));
    folder.scratch.write("sub/b.rhai", "print(\"well\");\n");
    folder.scratch.write("sub/old.snap", "");
    let changed = folder.run(&["test", "--jobs", "1"]);
    assert_eq!(changed.code, Some(1));
    shows_normalised("author", "changed", &changed.out);
    // `--lax` compares only how a script ends: the first ends as before, the second does not.
    let lax = folder.run(&["test", "--lax", "--filter", "a.rhai"]);
    assert_eq!(lax.code, Some(0), "{}", lax.out);
    assert_eq!(folder.run(&["test", "--lax", "sub/b.rhai"]).code, Some(1));
    folder.home.wait_until_empty();
}

#[test]
fn with_json_each_result_and_the_summary_are_one_line() {
    let folder = Folder::new(&[
        ("a.rhai", "print(1);\n"),
        ("b.rhai", "print(2);\n"),
        ("c.rhai", "// test: skip=\"later\"\n"),
    ]);
    assert_eq!(folder.run(&["test", "--accept"]).code, Some(0));
    folder.scratch.write("b.rhai", "print(3);\n");
    folder.scratch.write("old.snap", "");
    let ran = folder.run(&["test", "--json", "--jobs", "1"]);
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [a, b, c, summary] = lines.as_slice() else {
        panic!("{}", ran.out);
    };
    assert_eq!(
        [
            &a["test"]["result"],
            &b["test"]["result"],
            &c["test"]["result"]
        ],
        ["passed", "failed", "skipped"]
    );
    assert!(
        b["test"]["details"].as_str().unwrap().contains("+ 3"),
        "{b}"
    );
    assert_eq!(c["test"]["reason"], "later");
    assert_eq!(summary["summary"]["failed"], 1);
    assert_eq!(summary["summary"]["unreferenced"][0], "old.snap");
    folder.home.wait_until_empty();
}

#[test]
fn scripts_do_not_see_each_other() {
    let script = "print(db.things.count_documents());\ndb.things.insert_one(#{});\n";
    let own = "print(client.list_database_names());\nclient.shop.x.insert_one(#{});\n";
    let folder = Folder::new(&[
        ("a.rhai", script),
        ("b.rhai", script),
        ("c.rhai", own),
        ("d.rhai", own),
    ]);
    let ran = folder.run(&["test", "--accept", "--jobs", "4"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    let shown = |name| fs::read_to_string(folder.path(name)).unwrap();
    assert!(shown("a.snap").ends_with("---\n0\n"));
    assert_eq!(shown("a.snap"), shown("b.snap"));
    assert_eq!(shown("c.snap"), shown("d.snap"));
    assert!(!shown("c.snap").contains("shop"));
}

#[test]
fn unstable_output_is_found() {
    let folder = Folder::new(&[
        ("seeded.rhai", "print(random::int(1, 1000000));"),
        (
            "flaky.rhai",
            "print(ObjectId().to_string().len()); print(UUID() == UUID()); print(timed(|| sleep(0.001)).ms);",
        ),
        (
            "shuffled.rhai",
            "// test: order=\"any\"\nfor n in parallel(3, 3, |i| { print(i); i }) {}\n",
        ),
    ]);
    let ran = folder.run(&["test", "--repeat", "4"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("failed   flaky.rhai"), "{}", ran.out);
    assert!(ran.out.contains("of 4 differs from run 1"), "{}", ran.out);
    for stable in ["seeded.rhai", "shuffled.rhai"] {
        let missing = format!("`{}`: read the output", stable.replace("rhai", "snap"));
        assert!(ran.out.contains(&missing), "{}", ran.out);
    }
}

#[test]
fn endless_scripts_do_not_delay_the_others() {
    let folder = Folder::new(&[
        ("endless.rhai", "// test: timeout=\"0.5\"\nloop {}\n"),
        ("good.rhai", "print(1);"),
        (
            "loud.rhai",
            "loop { print(\"again and again and again and again and again\") }\n",
        ),
    ]);
    let started = Instant::now();
    let ran = folder.run(&["test", "--accept", "--junit", "report.xml"]);
    assert!(started.elapsed() < AT_ONCE);
    assert_eq!(ran.code, Some(1));
    for line in [
        "failed   endless.rhai",
        "it did not end within its time limit",
        "accepted good.rhai",
        "failed   loud.rhai",
        "it printed more than 1 MiB",
    ] {
        assert!(ran.out.contains(line), "no `{line}` in\n{}", ran.out);
    }
    assert!(!folder.path("loud.snap").exists() && !folder.path("endless.snap").exists());
    let report = fs::read_to_string(folder.path("report.xml")).unwrap();
    assert!(report.contains("tests=\"3\" failures=\"2\""), "{report}");
}

#[test]
fn snapshots_can_have_their_own_folder() {
    let folder = Folder::new(&[("course/a.rhai", "print(1);")]);
    let kept = ["test", "course", "--snapshots", "shown"];
    let accepted = folder.run(&[&kept[..], &["--accept"]].concat());
    assert_eq!(
        accepted.code,
        Some(0),
        "{}{}",
        accepted.out,
        accepted.errors
    );
    assert!(folder.path("shown/course/a.snap").exists() && !folder.path("course/a.snap").exists());
    folder.scratch.write("shown/course/b/old.snap", "");
    folder.scratch.write("shown/other/old.snap", "");
    let stray = folder.run(&kept);
    assert_eq!(stray.code, Some(1));
    assert!(
        stray
            .out
            .contains("`shown/course/b/old.snap` has no script"),
        "{}",
        stray.out
    );
    // Snapshots of other folders are ignored.
    assert!(!stray.out.contains("shown/other"), "{}", stray.out);
}

#[test]
fn a_test_that_cannot_start_is_one_clear_error() {
    let folder = Folder::new(&[
        ("good.rhai", "print(1);"),
        ("empty/x.txt", ""),
        ("wrong.rhai", "// test: sever=\"own\"\n"),
    ]);
    fs::write(folder.path("bytes.rhai"), b"print(\"\xff\");").unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["test", "nowhere"], "there is no file or folder `nowhere`"),
        (&["test", "empty"], "the folder `empty` contains no scripts"),
        (
            &["test", "bytes.rhai"],
            "`bytes.rhai` is not a script: byte 7 is not UTF-8",
        ),
        (
            &["test", "wrong.rhai"],
            "`sever=\"own\"` is not a test setting",
        ),
        (
            &["test", "good.rhai", "--filter", "zebra"],
            "no script's path contains `zebra`",
        ),
        (
            &["test", "good.rhai", "--uri", "mongodb://db.invalid"],
            "on their own servers",
        ),
        (
            &["test", "good.rhai", "--junit", "no/such/folder.xml"],
            "cannot be written",
        ),
    ];
    for (args, message) in cases {
        let ran = folder.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}{}", ran.out, ran.errors);
        assert!(ran.errors.contains(message), "{args:?}: {}", ran.errors);
    }
    // A file name need not be UTF-8.
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.rhai");
    fs::write(folder.path("").join(name), "print(1);").unwrap();
    let mut command = folder.command(&["test", "--accept"]);
    let ran: RunOutput = command.arg(name).output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(
        folder
            .path("")
            .join(std::ffi::OsStr::from_bytes(b"caf\xe9.snap"))
            .exists()
    );
}

#[test]
fn a_failed_snapshot_write_keeps_the_old_one() {
    if rustix::process::geteuid().is_root() {
        // Root may write everywhere, so a folder takes the place of the file.
        let folder = Folder::new(&[("a.rhai", "print(1);"), ("a.snap/x", "")]);
        let ran = folder.run(&["test", "a.rhai", "--accept"]);
        assert_eq!(ran.code, Some(2), "{}", ran.out);
        assert!(
            ran.errors.contains("the snapshot `a.snap` cannot be read"),
            "{}",
            ran.errors
        );
        return;
    }
    let folder = Folder::new(&[("in/a.rhai", "print(2);"), ("in/a.snap", "1\n")]);
    fs::set_permissions(folder.path("in"), fs::Permissions::from_mode(0o500)).unwrap();
    let ran = folder.run(&["test", "in", "--accept"]);
    fs::set_permissions(folder.path("in"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert_eq!(fs::read_to_string(folder.path("in/a.snap")).unwrap(), "1\n");
}

#[test]
fn ctrl_c_ends_scripts_and_servers() {
    let folder = Folder::new(&[(
        "a.rhai",
        "db.things.insert_one(#{});\nprint(\"here\");\nloop { sleep(0.01) }\n",
    )]);
    let mut child = folder
        .command(&["test"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("the script's server runs", || {
        !folder.home.mongods().is_empty()
    });
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let mut code = None;
    eventually("the program ends", || {
        code = child.try_wait().unwrap().and_then(|status| status.code());
        code.is_some()
    });
    assert_eq!(code, Some(130));
    folder.home.wait_until_empty();
}

#[test]
fn scripts_end_when_the_program_is_killed() {
    let folder = Folder::new(&[(
        "a.rhai",
        "// test: server=\"own\"\nclient.ping();\nloop { sleep(0.01) }\n",
    )]);
    let mut child = folder
        .command(&["test"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the script's server runs", || {
        !folder.home.mongods().is_empty()
    });
    kill_9(child.id());
    child.wait().unwrap();
    folder.home.wait_until_empty();
}

/// Tests all scripts of the repository with `seaworthy test`, as an author does.
#[test]
fn every_script_matches_its_snapshot() {
    let home = Home::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = home.command();
    command.current_dir(root);
    command.args([
        "--quiet",
        "test",
        "scripts",
        "--snapshots",
        "snapshots",
        "--trust",
    ]);
    let accepts = std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always");
    if accepts {
        command.arg("--accept");
    }
    let ran: RunOutput = command.output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    home.wait_until_empty();
}
