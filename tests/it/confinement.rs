use crate::support::{Home, RunOutput, Scratch};

/// Runs a confined script.
fn confined(home: &Home, folder: &Scratch, args: &[&str]) -> RunOutput {
    let mut command = home.command();
    command
        .args(["--quiet", "run", "--confined"])
        .args(args)
        .current_dir(folder.path());
    command.output().unwrap().into()
}

const WAYS_OUT: &str = r#"
fn tried(what, way) {
    try {
        way.call();
        print(what + ": went through");
    } catch (err) {
        print(`${what}: ${err.kind}: ${err.message}`);
        assert("--trust" in err.hint || !(err.message.contains("confined")), err.message);
    }
}
tried("another host", || connect("mongodb://db.invalid/"));
tried("one of two", || connect("mongodb://localhost,db.invalid/"));
tried("a looked-up host", || connect("mongodb+srv://db.invalid/"));
tried("in capitals", || connect("MONGODB+SRV://db.invalid/"));
tried("behind an at sign", || connect("mongodb://a:b%40c@db.invalid/"));
tried("in a task", || {
    let task = background(|| { try { connect("mongodb://db.invalid/"); } catch (err) { return err; } });
    let err = task.join();
    if err != () { throw err; }
});
tried("in parallel", || parallel(2, 2, |i| connect("mongodb://db.invalid/")));
tried("in eval", || eval("connect(\"mongodb://db.invalid/\")"));
tried("a certificate file", || connect(#{ tls_ca_file: "/etc/hostname" }));
tried("a key file", || connect(#{ tls: true, tls_certificate_key_file: "/etc/hostname" }));
tried("another member", || client.admin.command(#{ replSetReconfig: #{ members: [] } }));
tried("in small letters", || client.admin.command(#{ replsetreconfig: #{} }));
tried("another folder", || { import "../secret" as s; });
tried("a file", || { import "/etc/hostname" as s; });
tried("a link", || { import "link" as s; });
tried("a linked folder", || { import "folder/secret" as s; });
"#;

#[test]
fn a_confined_script_reaches_nothing_outside() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("secret.rhai", "let secret = 1;");
    folder.write("course/x.rhai", WAYS_OUT);
    let course = folder.path().join("course");
    std::os::unix::fs::symlink(folder.path().join("secret.rhai"), course.join("link.rhai"))
        .unwrap();
    std::os::unix::fs::symlink(folder.path(), course.join("folder")).unwrap();
    let ran = confined(&home, &folder, &["course/x.rhai"]);
    assert_eq!(
        (ran.code, ran.errors.as_str()),
        (Some(0), ""),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("went through"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 16, "{}", ran.out);
    for line in ran.out.lines() {
        assert!(line.contains(": InvalidArgument: "), "{line}");
    }
    home.wait_until_empty();
}

const AT_HOME: &str = r#"
db.things.insert_one(#{ n: 1 });
assert_eq(connect(#{ max_pool_size: 2 }).database(db.name).things.count_documents(), 1);
client.admin.create_user("visitor", "made-up-by-a-visitor", [#{ role: "read", db: db.name }]);
assert_eq(connect(#{ username: "visitor", password: "made-up-by-a-visitor" }).database(db.name).things.count_documents(), 1);
let rs = replica_set(#{ members: 1 });
connect(rs).ping();
connect(rs.uri).ping();
background(|| connect(rs.uri).ping()).join();
import "below/helper" as helper;
print(helper::answer());
"#;

#[test]
fn everything_inside_the_confinement_works() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("x.rhai", AT_HOME);
    folder.write("below/helper.rhai", "fn answer() { 42 }");
    let ran = confined(&home, &folder, &["x.rhai"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "42\n"),
        "{}",
        ran.errors
    );
    home.wait_until_empty();
}

#[test]
fn a_confined_script_sees_no_other_server() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write(
        "x.rhai",
        "print(client.list_database_names().contains(\"mine\"));",
    );
    folder.write("mine.rhai", "client.mine.things.insert_one(#{});");
    let mut kept = home.command();
    kept.args(["--quiet", "run", "mine.rhai"])
        .current_dir(folder.path());
    assert_eq!(RunOutput::from(kept.output().unwrap()).code, Some(0));
    let ran = confined(&home, &folder, &["x.rhai"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "false\n"),
        "{}",
        ran.errors
    );
    // The variable is only for the user's own scripts.
    let mut elsewhere = home.command();
    elsewhere
        .args(["--quiet", "run", "--confined", "x.rhai"])
        .env(
            "MONGODB_URI",
            "mongodb://db.invalid/?serverSelectionTimeoutMS=100",
        )
        .current_dir(folder.path());
    let ran = RunOutput::from(elsewhere.output().unwrap());
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "false\n"),
        "{}",
        ran.errors
    );
    home.wait_until_empty();
}

#[test]
fn code_without_a_folder_imports_nothing() {
    let home = Home::new();
    let folder = Scratch::new();
    folder.write("x.rhai", "let x = 1;");
    let mut command = home.command();
    command
        .args(["--confined", "eval", "import \"x\" as x; x::x"])
        .current_dir(folder.path());
    let ran = RunOutput::from(command.output().unwrap());
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.errors.contains("`x` is out of reach of `import`"),
        "{}",
        ran.errors
    );
}
