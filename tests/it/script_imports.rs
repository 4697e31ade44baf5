use std::os::unix::fs::symlink;

use crate::support::{Scratch, shows};

fn course() -> Scratch {
    let folder = Scratch::new();
    folder.write("secret.rhai", "export const WORD = \"secret\";");
    folder.write(
        "course/lib/trucks.rhai",
        "import \"names\" as names;\nfn first() { names::pick(0) }\nfn fail() { [1][5] }",
    );
    folder.write(
        "course/lib/names.rhai",
        "fn pick(n) { [\"Ada\", \"Bo\"][n] }\nfn early() { exit(9) }",
    );
    folder.write("course/broken.rhai", "fn f( {");
    folder.write("course/typo.rhai", "fn f() { errors::DuplicatKey }");
    folder.write("course/loop_a.rhai", "import \"loop_b\" as b;");
    folder.write("course/loop_b.rhai", "import \"loop_a\" as a;");
    symlink("../secret.rhai", folder.path().join("course/link.rhai")).unwrap();
    folder
}

fn run(folder: &Scratch, text: &str) -> crate::support::RunOutput {
    folder.write("course/main.rhai", text);
    folder.seaworthy(&["run", "course/main.rhai"])
}

#[test]
fn scripts_in_the_same_folder_and_below_are_imported() {
    let folder = course();
    let ran = run(
        &folder,
        "import \"lib/trucks\" as t; print(t::first());\nimport \"./lib/trucks.rhai\" as u; print(u::first());",
    );
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "Ada\nAda\n"),
        "{}",
        ran.errors
    );
}

#[test]
fn exit_inside_a_module_ends_the_run() {
    let ran = run(
        &course(),
        "import \"lib/names\" as n; try { n::early() } catch { print(1) }",
    );
    assert_eq!((ran.code, ran.out.as_str()), (Some(9), ""));
}

#[test]
fn imports_from_outside_the_folder_are_refused() {
    let folder = course();
    let absolute = folder.path().join("secret").display().to_string();
    for path in [
        "../secret",
        "lib/../../secret",
        "link",
        absolute.as_str(),
        "/etc/passwd",
    ] {
        let ran = run(&folder, &format!("import \"{path}\" as s; print(s::WORD);"));
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{path}");
        assert!(
            ran.errors.contains("out of reach"),
            "{path}: {}",
            ran.errors
        );
    }
    let ran = run(
        &folder,
        "try { import \"../secret\" as s; } catch (e) { print(e.to_string().len() > 0) }",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}

#[test]
fn errors_in_a_module_are_shown_in_the_module() {
    let folder = course();
    for (name, code, text) in [
        ("import_missing", 1, "import \"lib/truck\" as t;"),
        ("import_outside", 1, "import \"../secret\" as s;"),
        ("import_broken", 2, "import \"broken\" as b;"),
        ("import_typo", 1, "import \"typo\" as t;"),
        ("import_circle", 1, "import \"loop_a\" as a;"),
        (
            "import_fails_later",
            1,
            "import \"lib/trucks\" as t;\n\nfn send() {\n    t::fail()\n}\nsend();",
        ),
    ] {
        let ran = run(&folder, text);
        shows("errors", name, &ran.errors);
        assert_eq!(ran.code, Some(code), "{name}");
    }
}
