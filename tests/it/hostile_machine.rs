use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use bson::{Bson, Document, doc};
use seaworthy::server::{self, Lease, Silent};
use serde_json::Value;

use crate::support::{Database, Home, RunOutput, command, shared_mongod};

/// The user `nobody`. Root may write everywhere, so as root the tests run the program as this user.
const NOBODY: u32 = 65534;

/// A user without root rights, with a folder and copies of the programs.
struct OtherUser {
    folder: tempfile::TempDir,
    user: Option<u32>,
}

impl OtherUser {
    fn new() -> Self {
        let is_root = rustix::process::geteuid().is_root();
        // Sockets need a short path, and other users must be able to open the folders above.
        let folder = tempfile::Builder::new()
            .prefix("sw-nobody-")
            .tempdir_in("/tmp")
            .unwrap();
        let other = Self {
            user: is_root.then_some(NOBODY),
            folder,
        };
        close(other.folder.path(), 0o755);
        if is_root {
            for (program, name) in [
                (PathBuf::from(env!("CARGO_BIN_EXE_seaworthy")), "seaworthy"),
                (shared_mongod(), "mongod"),
            ] {
                let copy = other.path(name);
                std::fs::copy(program, &copy).unwrap();
                close(&copy, 0o755);
            }
        }
        other.folder("home", 0o700);
        other.folder("run", 0o700);
        other
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Creates a folder of this user with this mode.
    fn folder(&self, name: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir(&path).unwrap();
        if let Some(user) = self.user {
            chown(&path, Some(user), Some(user)).unwrap();
        }
        close(&path, mode);
        path
    }

    fn run_in(&self, home: &str, args: &[&str]) -> RunOutput {
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new(self.path("seaworthy"));
                command.uid(user).gid(user);
                command.env("SEAWORTHY_MONGOD", self.path("mongod"));
                command
            }
            None => {
                let mut command = command();
                command.env("SEAWORTHY_MONGOD", shared_mongod());
                command
            }
        };
        for name in ["MONGODB_URI", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
            command.env_remove(name);
        }
        command
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_STATE_HOME")
            .env("HOME", self.path(home))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .current_dir(self.folder.path())
            .stdin(std::process::Stdio::null())
            .arg("-q")
            .args(args);
        command.output().unwrap().into()
    }

    /// Runs the program, then stops the server.
    fn runs(&self, args: &[&str]) -> RunOutput {
        let ran = self.run_in("home", args);
        self.run_in("home", &["server", "stop", "--force"]);
        ran
    }
}

impl Drop for OtherUser {
    fn drop(&mut self) {
        self.run_in("home", &["server", "stop", "--force"]);
        // So that a user without root rights can remove it.
        each_below(&self.path("home"), &|path| close(path, 0o700));
    }
}

fn close(path: &Path, mode: u32) {
    set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Calls `with` for a folder and then for everything below it.
fn each_below(path: &Path, with: &dyn Fn(&Path)) {
    with(path);
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap().flatten() {
            each_below(&entry.path(), with);
        }
    }
}

fn refused(ran: &RunOutput, words: &[&str]) {
    assert_eq!(ran.code, Some(3), "{}{}", ran.out, ran.errors);
    for words in words {
        assert!(ran.errors.contains(words), "{words}: {}", ran.errors);
    }
    assert_eq!(ran.errors.matches("error[").count(), 1, "{}", ran.errors);
}

#[test]
fn an_unwritable_data_folder_is_one_error_without_data_loss() {
    let other = OtherUser::new();
    let ran = other.runs(&["eval", "db.c.insert_one(#{ _id: 1 })"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let server = other.path("home/.local/share/seaworthy/server/6.0");
    let db = server.join("db");
    let insert = ["eval", "db.c.insert_one(#{ _id: 2 })"];
    let not_yours = "you may not write to the data folder, or to a file in it";

    each_below(&db, &|path| {
        close(path, if path.is_dir() { 0o500 } else { 0o400 });
    });
    refused(&other.runs(&insert), &[not_yours, "errors in the log:"]);
    each_below(&db, &|path| close(path, 0o700));

    close(&server, 0o500);
    let way_out = "you may not write there: choose a folder of your own with XDG_DATA_HOME";
    refused(&other.runs(&insert), &["permission denied", way_out]);
    close(&server, 0o700);

    // Only root can change the owner.
    if let Some(user) = other.user {
        let file = db.join("WiredTiger.wt");
        for (theirs, words) in [(&db, "belongs to another user"), (&file, not_yours)] {
            chown(theirs, Some(user - 1), None).unwrap();
            refused(&other.runs(&insert), &[words, "XDG_DATA_HOME"]);
            chown(theirs, Some(user), None).unwrap();
        }
    }
    let ran = other.runs(&["eval", "db.c.find().to_array()"]);
    assert_eq!(ran.out, "[#{ _id: 1 }]\n", "{}", ran.errors);
}

#[test]
fn without_a_usable_home_only_the_private_server_fails() {
    let other = OtherUser::new();
    other.folder("closed", 0o500);
    let script = other.path("script.rhai");
    std::fs::write(&script, "print(1 + 1);").unwrap();
    close(&script, 0o644);
    for home in ["closed", "closed/nowhere"] {
        for args in [["eval", "print(1 + 1)"], ["run", "script.rhai"]] {
            let ran = other.run_in(home, &args);
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (Some(0), "2\n"),
                "{home}: {}",
                ran.errors
            );
        }
        let ran = other.run_in(home, &["eval", "db.c.find_one()"]);
        refused(
            &ran,
            &[
                "cannot create the folder `",
                "permission denied",
                "XDG_DATA_HOME",
            ],
        );
    }
}

#[test]
fn the_doctor_explains_an_unwritable_home() {
    let other = OtherUser::new();
    other.folder("closed", 0o500);
    let ran = other.run_in("closed", &["doctor", "--json"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.errors);
    let broken = broken(&ran.out);
    let what: Vec<&str> = broken.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        what,
        ["data folder", "cache folder", "state folder", "server"]
    );
    for (what, way_out) in &broken {
        assert!(way_out.contains("XDG_DATA_HOME"), "{what}: {way_out}");
    }
    // As text, each problem is marked and followed by what to do.
    let ran = other.run_in("closed", &["doctor"]);
    assert_eq!(
        (ran.code, ran.out.matches("\n!!").count()),
        (Some(1), 4),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("XDG_DATA_HOME").count(), 4, "{}", ran.out);
    assert!(ran.out.ends_with("\n4 problems found\n"), "{}", ran.out);
}

/// Returns the failed checks of the doctor, with what to do.
fn broken(json: &str) -> Vec<(String, String)> {
    let found: Value = serde_json::from_str(json).unwrap();
    assert_eq!(found["ok"], false, "{json}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = found["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["health"] == "broken")
        .map(|check| (text(&check["what"]), text(&check["way_out"])))
        .collect()
}

#[test]
fn the_doctor_reports_a_changed_cached_mongod() {
    let home = Home::new();
    let mut cached = home.folders.data.with_file_name("cache");
    cached.push("seaworthy/mongod/6.0.5/mongod");
    std::fs::create_dir_all(cached.parent().unwrap()).unwrap();
    let mut bytes = std::fs::read(shared_mongod()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&cached, bytes).unwrap();
    close(&cached, 0o700);
    let mut doctor = home.command();
    let doctor = doctor
        .args(["-q", "doctor", "--offline", "--json"])
        .env_remove("SEAWORTHY_MONGOD")
        .env("PATH", "/nowhere");
    let ran = RunOutput::from(doctor.output().unwrap());
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.errors);
    let broken = broken(&ran.out);
    assert_eq!(broken.len(), 1, "{}", ran.out);
    let (what, way_out) = &broken[0];
    assert_eq!(what, "mongod");
    let changed = format!("`{}` is not used: it is damaged", cached.display());
    assert!(way_out.contains(&changed), "{way_out}");
    assert!(
        way_out.contains("run once without `--offline`"),
        "{way_out}"
    );
}

#[test]
fn data_of_a_newer_server_is_one_clear_error() {
    let home = Home::new();
    let mut settings = home.settings();
    // The folder that the program below uses.
    settings.folders.data.push("seaworthy");
    let lease = server::join(&settings, &Silent).unwrap();
    let folder = lease.folder().to_owned();
    note_version(&lease, "7.0");
    drop(lease);
    home.wait_until_empty();
    let ran: RunOutput = home
        .command()
        .args(["-q", "eval", "db.c.find_one()"])
        .output()
        .unwrap()
        .into();
    let lies = format!(
        "the data is of version 7.0 and is in `{}`",
        folder.join("db").display()
    );
    refused(
        &ran,
        &[
            "`mongod` ended (exit code 62)",
            "use that version with `--mongod`, or move the data folder away",
            &lies,
            "Wrong mongod version",
        ],
    );
    // The solution that the error names.
    std::fs::rename(folder.join("db"), folder.join("db-7.0")).unwrap();
    let ran: RunOutput = home
        .command()
        .args(["-q", "eval", "db.c.count_documents()"])
        .output()
        .unwrap()
        .into();
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "0\n"),
        "{}",
        ran.errors
    );
}

/// Makes the data look like data of another server version. The server does not let a client change
/// the version document, but it can rename a collection with a changed copy.
fn note_version(lease: &Lease, version: &str) {
    let key = std::fs::read_to_string(lease.folder().join("key")).unwrap();
    let (_, place) = lease.uri().expose().split_once('@').unwrap();
    let host = place.split('/').next().unwrap();
    let database = Database::at(&format!(
        "mongodb://__system:{key}@{host}/?directConnection=true&authSource=local&authMechanism=SCRAM-SHA-256"
    ));
    let run = |command: Document| database.run("admin", command).unwrap();
    let found = run(doc! { "find": "system.version" });
    let mut notes = found
        .get_document("cursor")
        .and_then(|cursor| cursor.get_array("firstBatch"))
        .unwrap()
        .clone();
    for note in notes.iter_mut().filter_map(Bson::as_document_mut) {
        if note
            .get_str("_id")
            .is_ok_and(|id| id == "featureCompatibilityVersion")
        {
            note.insert("version", version);
        }
    }
    run(doc! { "insert": "made_up", "documents": notes });
    for (from, to) in [("system.version", "aside"), ("made_up", "system.version")] {
        let rename =
            doc! { "renameCollection": format!("admin.{from}"), "to": format!("admin.{to}") };
        run(doc! { "applyOps": [{ "op": "c", "ns": "admin.$cmd", "o": rename }] });
    }
}

#[test]
fn a_taken_socket_folder_name_does_not_block_a_server() {
    let other = OtherUser::new();
    // Another user could create a predictable name first.
    let taken = PathBuf::from(format!("/tmp/seaworthy-{}", other.user.unwrap_or(NOBODY)));
    let is_ours = !taken.exists() && std::fs::write(&taken, "taken").is_ok();
    std::fs::remove_dir(other.path("run")).unwrap();
    let ran = other.run_in(
        "home",
        &[
            "eval",
            "print(client.ping() > 0.0); client.options.to_json()",
        ],
    );
    if is_ours {
        std::fs::remove_file(&taken).unwrap();
    }
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(ran.out.starts_with("true\n"), "{}", ran.out);
}
