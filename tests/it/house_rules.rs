use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use, `docs/architecture.md` says why. Nothing below knows what is above.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("terminal", &["error"]),
    ("mongo", &["error"]),
    ("server", &["error", "mongo"]),
    ("api", &["error", "mongo", "server"]),
    ("engine", &["error", "mongo", "api"]),
    ("script", &["error", "mongo", "api", "engine"]),
    ("course", &["error", "mongo", "api", "engine", "script"]),
    (
        "render",
        &[
            "error", "mongo", "server", "api", "engine", "script", "course",
        ],
    ),
    (
        "repl",
        &[
            "error", "mongo", "server", "api", "engine", "script", "course", "render", "terminal",
        ],
    ),
    (
        "cli",
        &[
            "error", "mongo", "server", "api", "engine", "script", "course", "render", "terminal",
            "repl",
        ],
    ),
];

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
}

/// The rooms that a file's code names; what stands in comments and documentation does not count.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            rest[..end.unwrap_or(rest.len())].to_owned()
        })
        .filter(|name| MAY_USE.iter().any(|(room, _)| room == name))
        .collect()
}

#[test]
fn each_room_uses_only_what_is_below_it() {
    let rules: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let room = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(may_use) = rules.get(room.as_str()) else {
            wrong.push(format!(
                "src/{room} has no rule: add it to MAY_USE and to docs/architecture.md"
            ));
            continue;
        };
        let mut sources = Vec::new();
        files(&folder, "rs", &mut sources);
        for source in sources {
            seen += 1;
            for used in rooms_used(&fs::read_to_string(&source).unwrap()) {
                if used != room && !may_use.contains(&used.as_str()) {
                    wrong.push(format!("{} uses `{used}`", source.display()));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} files were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_some_rooms_know_rhai_and_only_one_reads_the_environment() {
    let mut wrong = Vec::new();
    for room in ["error", "mongo", "server"] {
        let mut sources = Vec::new();
        files(&root().join("src").join(room), "rs", &mut sources);
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            if text.contains("rhai::") {
                wrong.push(format!("{} knows Rhai", source.display()));
            }
        }
    }
    let mut sources = Vec::new();
    files(&root().join("src"), "rs", &mut sources);
    for source in sources {
        let code = fs::read_to_string(&source).unwrap();
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let is_cli = source.starts_with(root().join("src/cli"));
        if !is_cli && (code.contains("env::var") || code.contains("env::vars")) {
            wrong.push(format!("{} reads the environment", source.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Links in the documentation name files that exist.
#[test]
fn links_in_the_documentation_lead_to_files() {
    let at_the_root = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ];
    let mut pages: Vec<PathBuf> = at_the_root.iter().map(|name| root().join(name)).collect();
    files(&root().join("docs"), "md", &mut pages);
    let mut broken = Vec::new();
    let mut links = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split(')').next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            links += 1;
            if !page.parent().unwrap().join(target).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(links > 10, "only {links} links were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The files that may ask what time it is: when a server began, and a number nobody has used. What waits counts on a clock that
/// does not jump.
const MAY_ASK_THE_TIME: [&str; 2] = ["server/record.rs", "mongo/retry_session.rs"];

#[test]
fn no_wait_depends_on_a_clock_that_jumps() {
    let source = root().join("src");
    let mut asking = Vec::new();
    files(&source, "rs", &mut asking);
    asking.retain(|file| fs::read_to_string(file).unwrap().contains("SystemTime"));
    assert!(!asking.is_empty(), "the search finds what there is");
    for file in asking {
        let shown = file.strip_prefix(&source).unwrap().to_str().unwrap();
        assert!(MAY_ASK_THE_TIME.contains(&shown), "{shown} uses SystemTime");
    }
}
