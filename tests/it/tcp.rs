//! Servers with TCP ports, for programs that cannot use a Unix socket.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use seaworthy::cli::server_command::{ServerCommand, run};
use seaworthy::render::Format;
use seaworthy::server::Silent;

use crate::support::{Home, Scratch, eventually, python_program};

/// Inserts with PyMongo, in a loop that survives a failover as an application does, and prints what
/// was acknowledged.
const APPLICATION: &str = r#"
import sys, time
import pymongo
client = pymongo.MongoClient(sys.argv[1], serverSelectionTimeoutMS=20000)
orders = client.get_database("shop", write_concern=pymongo.WriteConcern("majority")).orders
print("members", len(client.admin.command("hello")["hosts"]), flush=True)
number, end = 0, time.monotonic() + 60
while time.monotonic() < end:
    try:
        orders.insert_one({"_id": number})
    except pymongo.errors.DuplicateKeyError:
        pass
    except pymongo.errors.PyMongoError as error:
        print("retry", type(error).__name__, flush=True)
        continue
    number += 1
    if number == 50:
        print("running", flush=True)
    if len(sys.argv) > 2 and number > 50:
        try:
            open(sys.argv[2]).close()
        except FileNotFoundError:
            continue
        print("stored", orders.count_documents({}) == number, flush=True)
        break
"#;

/// The same with mongosh.
const SHELL_APPLICATION: &str = r#"
const orders = db.getSiblingDB("shop").orders;
print("members", db.hello().hosts.length);
let number = 0;
const end = Date.now() + 60000;
while (Date.now() < end) {
  try {
    orders.insertOne({ _id: number }, { writeConcern: { w: "majority" } });
  } catch (error) {
    if (error.code !== 11000) { print("retry", error.name); continue; }
  }
  number += 1;
  if (number > 50 && fs.existsSync(process.env.DONE)) {
    print("stored", orders.countDocuments({}) === number);
    break;
  }
}
"#;

fn python() -> PathBuf {
    let python = python_program();
    assert!(python.exists(), "this test needs PyMongo: run `.ci/setup`");
    python
}

fn said(home: &Home, command: &ServerCommand) -> Result<String, String> {
    let mut out = Vec::new();
    run(command, &home.settings(), &Silent, Format::Text, &mut out)
        .map_err(|error| error.message().to_owned())?;
    Ok(String::from_utf8(out).unwrap())
}

fn python_says(code: &str, args: &[&str]) -> String {
    let output = Command::new(python())
        .arg("-c")
        .arg(code)
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn pymongo_uses_the_private_server_over_tcp() {
    let home = Home::new();
    let start = ServerCommand::Start { tcp: Some(0) };
    let started = said(&home, &start).unwrap();
    assert!(started.contains("it listens on 127.0.0.1:"), "{started}");
    // A second start finds the port again.
    assert_eq!(said(&home, &start).unwrap(), started);
    let uri = said(&home, &ServerCommand::Uri { tcp: true }).unwrap();
    let export = said(&home, &ServerCommand::Env { tcp: true }).unwrap();
    assert_eq!(export, format!("export MONGODB_URI='{}'\n", uri.trim()));
    let code = "import sys, pymongo; c = pymongo.MongoClient(sys.argv[1]); d = c.get_default_database(); d.x.insert_one({}); print(d.name, d.x.count_documents({}))";
    assert_eq!(python_says(code, &[uri.trim()]), "lessons 1\n");
    // Without a login nothing works, also no fail point.
    let stranger = "import sys, pymongo\nc = pymongo.MongoClient(sys.argv[1].split('@')[1].join(['mongodb://', '']))\nfor command in [{'find': 'x'}, {'configureFailPoint': 'failCommand', 'mode': 'off'}, {'replSetInitiate': {}}, {'createUser': 'x', 'pwd': 'x', 'roles': []}]:\n  try: c.admin.command(command); print('allowed', command)\n  except pymongo.errors.OperationFailure as error: print(error.code)";
    let refused = python_says(stranger, &[uri.trim()]);
    assert!(!refused.contains("allowed"), "{refused}");
    assert_eq!(refused.lines().count(), 4, "{refused}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let start = ServerCommand::Start { tcp: Some(port) };
    let error = said(&home, &start).unwrap_err();
    assert!(
        error.starts_with(&format!("the TCP port {port} cannot be used: ")),
        "{error}"
    );
    home.wait_until_empty();
}

#[test]
fn a_server_without_a_port_has_no_tcp_uri() {
    let home = Home::new();
    said(&home, &ServerCommand::Start { tcp: None }).unwrap();
    let error = said(&home, &ServerCommand::Uri { tcp: true }).unwrap_err();
    assert_eq!(error, "the private server has no TCP port");
    let uri = said(&home, &ServerCommand::Uri { tcp: false }).unwrap();
    assert!(uri.contains("/lessons?"), "{uri}");
    said(&home, &ServerCommand::Stop { force: true }).unwrap();
    home.wait_until_empty();
}

#[test]
fn pymongo_survives_the_death_of_the_primary() {
    let folder = Scratch::new();
    folder.write("app.py", APPLICATION);
    let text = survives_the_death_of_the_primary(&folder, |uri, done_file| {
        let mut app = Command::new(python());
        app.arg(folder.path().join("app.py"))
            .arg(uri)
            .arg(done_file);
        app
    });
    assert!(text.ends_with("stored True\n"), "{text}");
}

#[test]
fn mongosh_survives_the_death_of_the_primary() {
    let mongosh =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/node_modules/.bin/mongosh");
    assert!(mongosh.exists(), "this test needs mongosh: run `.ci/setup`");
    let folder = Scratch::new();
    folder.write("app.js", SHELL_APPLICATION);
    // It sends nothing about its use to anywhere.
    folder.write(".mongodb/mongosh/config", r#"{ "enableTelemetry": false }"#);
    let text = survives_the_death_of_the_primary(&folder, |uri, done_file| {
        let mut app = Command::new(&mongosh);
        app.args([uri, "--quiet", "--norc", "--file"])
            .arg(folder.path().join("app.js"))
            .env("HOME", folder.path())
            .env("DONE", done_file);
        app
    });
    assert!(text.ends_with("stored true\n"), "{text}");
}

/// Kills the primary of a set with ports while an application writes, and returns what the
/// application printed. It gets the connection string, and the file that ends it.
fn survives_the_death_of_the_primary(
    folder: &Scratch,
    application: impl FnOnce(&str, &Path) -> Command,
) -> String {
    let done_file = folder.path().join("done");
    folder.write(
        "set.rhai",
        r#"
        let rs = replica_set(#{ members: 3, tcp: true });
        assert(rs.members.all(|member| member.address.starts_with("127.0.0.1:")));
        let shop = connect(rs).shop;
        print(rs.uri);
        eventually(60, || shop.orders.count_documents() > 50);
        let old = rs.primary.address;
        rs.primary.kill();
        let primary = rs.wait_for_primary(30).address;
        assert(primary != old);
        let before = shop.orders.count_documents();
        eventually(60, || shop.orders.count_documents() > before + 20);
        print("killed");
        eventually(60, || shop.stop.count_documents() == 1);
        "#,
    );
    let program = env!("CARGO_BIN_EXE_seaworthy");
    let mut script = Command::new(program)
        .args(["run", "set.rhai"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(script.stdout.take().unwrap()));
    let uri = lines.next().unwrap().unwrap();
    let app = application(&uri, &done_file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "killed");
    std::fs::write(&done_file, "").unwrap();
    let output = app.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("members 3\n"), "{text}");
    // Without an answer, because the set ends as soon as the script finds the document.
    let code = "import sys, pymongo; pymongo.MongoClient(sys.argv[1]).shop.get_collection('stop', write_concern=pymongo.WriteConcern(0)).insert_one({})";
    python_says(code, &[&uri]);
    eventually("the script ends", || script.try_wait().unwrap().is_some());
    assert!(script.wait().unwrap().success());
    text
}

#[test]
fn a_confined_script_opens_no_port() {
    let folder = Scratch::new();
    folder.write(
        "set.rhai",
        "let error = assert_throws(errors::InvalidArgument, || replica_set(#{ members: 1, tcp: true })); print(error.message);",
    );
    let ran = folder.seaworthy(&["run", "--confined", "set.rhai"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "a confined script cannot open TCP ports\n"),
        "{}",
        ran.errors
    );
}
