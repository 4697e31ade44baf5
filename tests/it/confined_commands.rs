//! The commands that a confined script may send, and its limits.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{Home, RunOutput, Scratch};

/// Runs a confined script with additional arguments; `without` names layers that are left out.
fn confined(home: &Home, script: &str, without: &str, more: &[&str]) -> RunOutput {
    let folder = Scratch::new();
    folder.write("x.rhai", script);
    let mut command = home.command();
    command
        .args(["--quiet", "run", "--confined", "x.rhai"])
        .args(more)
        .env("SEAWORTHY_SKIP_LAYERS", without)
        .current_dir(folder.path());
    command.output().unwrap().into()
}

/// Attacks with commands and options, each of which prints `refused`.
pub const ATTACKS: &str = r##"
fn refused(what, name, attack) {
    try {
        attack.call();
        print(`${what}: went through`);
    } catch (err) {
        let is_clear = err.kind == "InvalidArgument" && err.message.starts_with("a confined script may not")
            && err.message.contains(name) && err.hint.contains("--trust");
        print(if is_clear { "refused" } else { `${what}: ${err.kind}: ${err.message}` });
    }
}
let evil = "type=file,block_compressor=none,source=\"file:/tmp/evil\"";
let engine = #{ wiredTiger: #{ configString: evil } };
db.x.insert_one(#{ _id: 1 });
refused("http", "httpClientRequest", || client.admin.command(#{ httpClientRequest: 1, uri: "http://127.0.0.1:9/" }));
refused("in other letters", "HttpClientRequest", || client.admin.command(#{ HttpClientRequest: 1 }));
refused("monitoring", "setFreeMonitoring", || client.admin.command(#{ setFreeMonitoring: 1, action: "enable" }));
refused("cursors", "$mergeCursors", || db.x.aggregate([#{ "$mergeCursors": #{ remotes: [] } }]).to_array());
refused("cursors on a database", "$mergeCursors", || db.aggregate([#{ "$mergeCursors": #{} }]).to_array());
refused("cursors by command", "$mergeCursors", || db.command(#{ aggregate: "x", pipeline: [#{ "$mergeCursors": #{} }], cursor: #{} }));
refused("cursors in a watch", "$mergeCursors", || db.x.watch([#{ "$mergeCursors": #{} }]));
refused("cursors in a view", "$mergeCursors", || db.create_collection("v", #{ view_on: "x", pipeline: [#{ "$mergeCursors": #{} }] }));
refused("cursors in a new view", "$mergeCursors", || db.create_view("v", "x", [#{ "$mergeCursors": #{} }]));
refused("cursors in a changed view", "$mergeCursors", || db.modify_collection("v", #{ view_on: "x", pipeline: [#{ "$mergeCursors": #{} }] }));
refused("cursors in a union", "$mergeCursors", || db.x.aggregate([#{ "$unionWith": #{ coll: "x", pipeline: [#{ "$mergeCursors": #{} }] } }]).to_array());
refused("an internal stage", "$_internalInhibitOptimization", || db.x.aggregate([#{ "$_internalInhibitOptimization": #{} }]).to_array());
refused("a backup", "$backupCursor", || client.admin.aggregate([#{ "$backupCursor": #{} }]).to_array());
refused("explained", "$mergeCursors", || db.x.aggregate([#{ "$mergeCursors": #{} }]).explain());
refused("a file", "storageEngine", || db.create_collection("f", #{ storage_engine: engine }));
refused("a file by command", "storageEngine", || db.command(#{ create: "f", storageEngine: engine }));
refused("a file of an index", "storageEngine", || db.x.create_index("n", #{ storage_engine: engine }));
refused("a file of indexes", "storageEngine", || db.command(#{ createIndexes: "x", indexes: [#{ key: #{ n: 1 }, name: "n", storageEngine: engine }] }));
refused("files of all indexes", "indexOptionDefaults", || db.create_collection("f", #{ index_option_defaults: #{ storage_engine: engine } }));
refused("an operation", "applyOps", || client.admin.command(#{ applyOps: [#{ op: "c", ns: "x.$cmd", o: #{ create: "f", storageEngine: engine } }] }));
refused("the configuration", "replSetReconfig", || client.admin.command(#{ replSetReconfig: #{ members: [] }, force: true }));
refused("in local", "local", || client.local.system.replset.replace_one(#{}, #{}));
refused("many in local", "local", || client.local.x.insert_many([#{}]));
refused("a file in local", "local", || client.local.gridfs().upload("a", "b"));
refused("a bucket in local", "local", || client.local.gridfs().drop());
refused("in bulk", "local", || client.local.x.bulk_write([#{ insert_one: #{ document: #{} } }]));
refused("by command", "local", || client.local.command(#{ insert: "x", documents: [#{}] }));
refused("by pipeline", "local", || db.x.aggregate([#{ "$out": #{ db: "local", coll: "x" } }]).to_array());
refused("by merge", "config", || db.x.aggregate([#{ "$merge": #{ into: #{ db: "config", coll: "x" } } }]).to_array());
refused("a user's document", "admin.system.users", || client.admin.system.users.delete_many(#{}));
refused("by renaming", "admin.system.users", || client.admin.command(#{ renameCollection: "lessons.x", to: "admin.system.users" }));
refused("a whole database", "admin", || client.admin.drop());
refused("local", "local", || client.drop_database("local"));
refused("an index", "config", || client.config.x.create_index("n"));
refused("a stop", "shutdown", || client.admin.command(#{ shutdown: 1 }));
refused("a fault", "configureFailPoint", || client.admin.command(#{ configureFailPoint: "failCommand", mode: "off" }));
refused("a parameter", "setParameter", || client.admin.command(#{ setParameter: 1, logLevel: 5 }));
refused("JavaScript in a filter", "$where", || db.x.find(#{ "$where": "true" }).to_array());
refused("in find_one", "$where", || db.x.find_one(#{ "$or": [#{ "$where": "true" }] }));
refused("in a count", "$where", || db.x.count_documents(#{ "$where": "true" }));
refused("in an update", "$where", || db.x.update_one(#{ "$where": "true" }, #{ "$set": #{ a: 1 } }));
refused("in an update's pipeline", "$function", || db.x.update_one(#{}, [#{ "$set": #{ a: #{ "$function": #{} } } }]));
refused("in a bulk", "$where", || db.x.bulk_write([#{ delete_one: #{ filter: #{ "$where": "true" } } }]));
refused("in find_one_and", "$where", || db.x.find_one_and_delete(#{ "$where": "true" }));
refused("in a projection", "$function", || db.x.find(#{}, #{ projection: #{ a: #{ "$function": #{} } } }).to_array());
refused("in a group", "$accumulator", || db.x.aggregate([#{ "$group": #{ _id: 1, a: #{ "$accumulator": #{} } } }]).to_array());
refused("in map and reduce", "mapReduce", || db.command(#{ mapReduce: "x", map: "1", reduce: "1", out: "y" }));
refused("a root", "root", || client.admin.create_user("evil", "made-up", ["root"]));
refused("a root by command", "root", || client.admin.command(#{ createUser: "evil", pwd: "made-up", roles: [#{ role: "root", db: "admin" }] }));
refused("every right", "anyResource", || client.admin.create_role("evil", [#{ resource: #{ anyResource: true }, actions: ["anyAction"] }], []));
refused("a symbol as a name", "not a string", || db.command(#{ insert: Symbol("system.js"), documents: [#{ a: 1 }] }));
refused("a symbol in explain", "not a string", || db.command(#{ explain: #{ delete: Symbol("system.js"), deletes: [] } }));
refused("another database", "$db", || db.command(#{ insert: "x", documents: [#{ a: 1 }], "$db": "admin" }));
refused("a privilege on users", "admin.system.users", || client.admin.create_role("evil", [#{ resource: #{ db: "admin", collection: "system.users" }, actions: ["update"] }], []));
refused("a privilege on views", "system.views", || client.admin.create_role("evil", [#{ resource: #{ db: "lessons", collection: "system.views" }, actions: ["insert"] }], []));
refused("more for one's own role", "scriptsOfOthers", || client.admin.command(#{ grantPrivilegesToRole: "scriptsOfOthers", privileges: [] }));
refused("the end of one's own role", "scriptsOfOthers", || client.admin.command(#{ dropRole: "scriptsOfOthers" }));
refused("one's own role for others", "scriptsOfOthers", || client.admin.create_user("evil", "made-up", ["scriptsOfOthers"]));
refused("one's own end", "seaworthy", || client.admin.drop_user("seaworthy"));
print(db.command(#{ ping: 1 }).ok);
"##;

#[test]
fn every_attack_is_refused_by_name_with_its_reason() {
    let home = Home::new();
    // With all layers, and without the layers of the system: the lists alone refuse everything.
    for (without, more) in [
        ("", &[] as &[&str]),
        ("namespaces,landlock,seccomp", &["--accept-missing-layers"]),
    ] {
        let ran = confined(&home, ATTACKS, without, more);
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
        let (last, attacks): (Vec<_>, Vec<_>) = ran.out.lines().partition(|line| *line == "1.0");
        assert_eq!(last.len(), 1, "{}", ran.out);
        let wrong: Vec<_> = attacks.iter().filter(|line| **line != "refused").collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(attacks.len(), ATTACKS.matches("\nrefused(").count());
    }
    home.wait_until_empty();
}

#[test]
fn functions_for_administrators_are_off_when_confined() {
    let home = Home::new();
    let calls = [
        "client.current_op()",
        "client.kill_op(1)",
        "db.set_profiling_level(2)",
        "db.profile()",
        "db.grant_roles(\"x\", [])",
        "db.revoke_roles(\"x\", [])",
        "db.update_user(\"x\", #{ roles: [] })",
        "db.list_roles()",
    ];
    let lines: Vec<String> = calls
        .iter()
        .map(|call| {
            format!("try {{ {call}; print(\"went through\"); }} catch (e) {{ print(e.message); }}")
        })
        .collect();
    let run = confined(&home, &lines.join("\n"), "", &[]);
    let printed: Vec<&str> = run.out.lines().collect();
    assert_eq!(printed.len(), calls.len(), "{}{}", run.out, run.errors);
    for (line, call) in printed.iter().zip(calls) {
        let (_, name) = call.split_once('.').unwrap();
        let (name, _) = name.split_once('(').unwrap();
        let refusal = format!("a confined script cannot use `{name}`: ");
        assert!(line.starts_with(&refusal), "{call}: {line}");
    }
    home.wait_until_empty();
}

#[test]
fn the_login_of_a_confined_script_is_not_root() {
    let home = Home::new();
    let script = r#"
        let roles = db.command(#{ connectionStatus: 1 }).authInfo.authenticatedUserRoles.map(|role| role.role);
        print("root" in roles || "__system" in roles);
        let rs = replica_set(#{ members: 3 });
        let roles = connect(rs).admin.command(#{ connectionStatus: 1 }).authInfo.authenticatedUserRoles.map(|role| role.role);
        print("root" in roles || "__system" in roles);
        rs.step_down();
        rs.wait_for_primary(20);
        rs.members[0].stop_replication();
        rs.members[0].resume_replication();
        let fault = client.fail_point(#{ commands: ["insert"], times: 1, error_code: 11600 });
        db.y.insert_one(#{});
        assert_eq(fault.times_fired, 1);
    "#;
    let ran = confined(&home, script, "", &[]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "false\nfalse\n"),
        "{}",
        ran.errors
    );
    home.wait_until_empty();
}

#[test]
fn the_server_runs_no_javascript() {
    // The list refuses JavaScript. `--noscripting` is the second protection.
    let home = Home::new();
    let script = "print(client.admin.command(#{ getCmdLineOpts: 1 }).parsed.security);";
    let ran = confined(&home, script, "", &[]);
    assert!(ran.errors.contains("getCmdLineOpts"), "{}", ran.errors);
    let mut waiting = home.command();
    let folder = Scratch::new();
    folder.write(
        "x.rhai",
        "db.x.count_documents(); print(\"ready\"); sleep(30);",
    );
    let mut child = waiting
        .args(["--quiet", "run", "--confined", "x.rhai"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.as_mut().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    let mongod = home.mongods()[0];
    let arguments = fs::read_to_string(format!("/proc/{mongod}/cmdline")).unwrap();
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    child.wait().unwrap();
    assert!(
        arguments
            .split('\0')
            .any(|argument| argument == "--noscripting"),
        "{arguments}"
    );
    home.wait_until_empty();
}

#[test]
fn a_confined_run_has_its_own_server() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("x.rhai", "1");
    for args in [
        ["run", "--confined", "x.rhai"],
        ["lesson", "--course", "."],
        ["exercise", "--course", "."],
    ] {
        let mut command = home.command();
        command
            .args(args)
            .args(["--uri", "mongodb://db.invalid/"])
            .current_dir(folder.path());
        let ran = RunOutput::from(command.output().unwrap());
        assert_eq!(ran.code, Some(2), "{args:?}");
        assert!(ran.errors.contains("leave out `--uri`"), "{}", ran.errors);
    }
    // The variable cannot name another server: a confined process accepts only sockets.
    folder.write("x.rhai", "print(client.ping() > 0.0);");
    let mut command = home.command();
    command
        .args(["--quiet", "run", "--confined", "x.rhai"])
        .env(
            "SEAWORTHY_TRIAL_SERVER",
            "mongodb://db.invalid/?serverSelectionTimeoutMS=50",
        )
        .current_dir(folder.path());
    let ran = RunOutput::from(command.output().unwrap());
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "true\n"),
        "{}",
        ran.errors
    );
    home.wait_until_empty();
}

#[test]
fn each_limit_ends_the_run_with_one_clear_error() {
    let home = Home::new();
    let catching = |body: &str| format!("try {{ {body} }} catch {{ print(\"caught\"); }}");
    let cases = [
        (
            "output=1KB",
            "loop { print(\"0123456789012345678901234567890123456789\"); }",
            "prints more than 1 KB",
            Some(1),
        ),
        (
            "tasks=3",
            "for i in 0..9 { background(|| sleep(60)); }",
            "more than 3 tasks",
            Some(1),
        ),
        (
            "tasks=3",
            "parallel(9, 9, |i| sleep(60));",
            "more than 3 tasks",
            Some(1),
        ),
        (
            "data=60MiB",
            "let big = #{ text: \"0123456789abcdef\" }; for i in 0..12 { big.text += big.text; } loop { db.x.insert_many([big, big, big, big, big, big, big, big].map(|d| #{ text: d.text + random::string(\"abcdefghijklmnopqrstuvwxyz\", 9) })); }",
            "store more than 60 MiB",
            Some(1),
        ),
        (
            "memory=300MiB",
            "let all = []; loop { all.push(blob(1_000_000, 65)); }",
            "more than 300 MiB of memory",
            Some(1),
        ),
        (
            "time=1",
            "loop { sleep(1); }",
            "the time limit is reached",
            Some(124),
        ),
    ];
    for (limit, body, message, code) in cases {
        let ran = confined(&home, &catching(body), "", &["--limit", limit]);
        assert_eq!(
            ran.code,
            code,
            "{limit}: {}{}",
            &ran.out[..ran.out.len().min(500)],
            ran.errors
        );
        assert!(ran.errors.contains(message), "{limit}: {}", ran.errors);
        assert!(!ran.out.contains("caught"), "{limit}: {}", ran.out);
        let name = limit.split_once('=').unwrap().0;
        assert!(
            ran.errors.contains(&format!("--limit {name}=")),
            "{limit}: {}",
            ran.errors
        );
    }
    let wrong = confined(&home, "1", "", &["--limit", "walls=7"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.errors.contains("`tasks`"), "{}", wrong.errors);
    home.wait_until_empty();
}

/// Field names of commands, options and the storage engine, for random commands.
const FIELDS: &[&str] = &[
    "storageEngine",
    "indexOptionDefaults",
    "configString",
    "pipeline",
    "viewOn",
    "indexes",
    "key",
    "name",
    "to",
    "uri",
    "host",
    "remotes",
    "filter",
    "query",
    "u",
    "q",
    "updates",
    "deletes",
    "documents",
    "ops",
    "cursor",
    "force",
    "config",
    "members",
    "into",
    "db",
    "coll",
    "path",
    "file",
    "source",
    "huffman_value",
    "$db",
    "lsid",
    "writeConcern",
    "comment",
    "mode",
    "data",
    "value",
    "scope",
    "out",
    "map",
    "reduce",
];

/// Harmful values.
fn values(victim: &str, port: u16) -> Vec<String> {
    let evil = format!("type=file,block_compressor=none,source=\\\"file:{victim}\\\"");
    vec![
        "1".into(),
        "true".into(),
        "\"x\"".into(),
        format!("\"{victim}\""),
        format!("\"127.0.0.1:{port}\""),
        format!("\"http://127.0.0.1:{port}/\""),
        format!("#{{ wiredTiger: #{{ configString: \"{evil}\" }} }}"),
        format!(
            "[#{{ \"$mergeCursors\": #{{ remotes: [#{{ hostAndPort: \"127.0.0.1:{port}\" }}] }} }}]"
        ),
        format!(
            "[#{{ key: #{{ n: 1 }}, name: \"n\", storageEngine: #{{ wiredTiger: #{{ configString: \"{evil}\" }} }} }}]"
        ),
        format!("#{{ host: \"127.0.0.1:{port}\" }}"),
        "[#{ \"$out\": #{ db: \"local\", coll: \"x\" } }]".into(),
        "#{}".into(),
        "[]".into(),
    ]
}

/// Returns a script that sends thousands of random commands with these fields and values.
fn drawn_commands(victim: &str, port: u16, count: usize) -> String {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[19; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let field = (
        prop::sample::select(FIELDS),
        prop::sample::select(values(victim, port)),
    );
    let command = (
        any::<prop::sample::Index>(),
        prop::sample::select(values(victim, port)),
        prop::collection::vec(field, 0..4),
    );
    let mut script = String::from(
        "let names = client.admin.command(#{ listCommands: 1 }).commands.keys();\n\
         let sent = 0; let refused = 0;\n\
         fn command_of(name, value, fields) { let c = #{}; c[name] = value; for f in fields { c[f[0]] = f[1]; } c }\n\
         let drawn = [\n",
    );
    for _ in 0..count {
        let (index, value, fields) = command.new_tree(&mut runner).unwrap().current();
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("[\"{name}\", {value}]"))
            .collect();
        script.push_str(&format!(
            "[{}, {value}, [{}]],\n",
            index.index(1 << 20),
            fields.join(", ")
        ));
    }
    script.push_str(
        "];\nfor d in drawn {\n\
         let name = names[d[0] % names.len()];\n\
         for target in [client.admin, db, client.local] {\n\
         try { target.command(command_of(name, d[1], d[2])); sent += 1; }\n\
         catch (err) { if err.message.starts_with(\"a confined script may not\") { refused += 1; } else { sent += 1; } }\n\
         } }\n\
         print(sent > 0 && refused > sent);\nprint(db.command(#{ ping: 1 }).ok);\n",
    );
    script
}

fn names_in(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    names
}

#[test]
fn random_commands_change_nothing_outside_the_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let outside = Scratch::new();
    outside.write("victim", "ours");
    let victim = outside.path().join("victim").display().to_string();
    let before = names_in(outside.path());
    let script = drawn_commands(&victim, port, 1500);
    let home = Home::new();
    for (without, more) in [
        ("", &[] as &[&str]),
        ("namespaces,landlock,seccomp", &["--accept-missing-layers"]),
    ] {
        let ran = confined(&home, &script, without, more);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), "true\n1.0\n"),
            "{without}: {}",
            ran.errors
        );
        assert!(
            listener.accept().is_err(),
            "{without}: a connection was attempted"
        );
        assert_eq!(names_in(outside.path()), before, "{without}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "ours", "{without}");
    }
    home.wait_until_empty();
}
