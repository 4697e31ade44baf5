use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Returns the names of tests in backquotes in the tables of a page.
fn named(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2))
        .filter(|word| word.contains("::") && !word.contains(char::is_whitespace))
        .map(String::from)
        .collect()
}

#[test]
fn every_test_named_in_the_tables_exists() {
    for name in ["docs/hardening.md", "docs/security.md"] {
        let page = read(name);
        names_tests_that_exist(name, &page);
        // Each row names a test. On the security page only the table of attacks counts.
        let table = page.split("## Attacks").last().unwrap_or_default();
        for row in table.lines().filter(|line| {
            line.starts_with("| ") && !line.contains("| What") && !line.contains("| test |")
        }) {
            assert!(row.contains("::"), "a row without a test: {row}");
        }
    }
}

#[test]
fn every_requirement_holds_with_a_test_or_differs_with_a_reason() {
    let name = "docs/conformance.md";
    let page = read(name);
    names_tests_that_exist(name, &page);
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        match cells[..] {
            [_, "State", _] => {}
            [_, "holds", test] => assert!(test.contains("::"), "a row without a test: {row}"),
            [_, "differs", reason] => assert!(reason.len() > 20, "a row without a reason: {row}"),
            _ => panic!("a row has a requirement, a state, and a test or a reason: {row}"),
        }
    }
}

fn read(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(page).unwrap()
}

fn names_tests_that_exist(name: &str, page: &str) {
    let listed = Command::new(std::env::current_exe().unwrap())
        .arg("--list")
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let there: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .collect();
    let named = named(page);
    assert!(named.len() > 20, "{name} names {} tests", named.len());
    let missing: Vec<&String> = named
        .iter()
        .filter(|name| !there.contains(name.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "{name} names tests that do not exist: {missing:#?}"
    );
}
