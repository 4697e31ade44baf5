use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use proc_macro2::{TokenStream, TokenTree};

use crate::support::files;

/// The rooms that each room may use. `docs/architecture.md` says why.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("history", &["error"]),
    ("terminal", &["error"]),
    ("plot", &["error"]),
    ("record", &["error"]),
    ("mongo", &["error", "record"]),
    ("server", &["error", "mongo"]),
    ("translate", &[]),
    ("values", &["error", "mongo", "translate"]),
    ("transfer", &["error", "mongo", "values"]),
    (
        "api",
        &[
            "error", "history", "mongo", "record", "server", "values", "plot", "transfer",
        ],
    ),
    (
        "engine",
        &["error", "mongo", "record", "values", "api", "plot"],
    ),
    (
        "script",
        &[
            "error", "mongo", "record", "values", "api", "engine", "plot",
        ],
    ),
    (
        "diagnose",
        &[
            "error",
            "mongo",
            "record",
            "values",
            "api",
            "engine",
            "script",
            "plot",
            "translate",
        ],
    ),
    (
        "course",
        &[
            "error", "mongo", "record", "values", "api", "engine", "script", "plot",
        ],
    ),
    (
        "authoring",
        &[
            "error", "mongo", "record", "values", "api", "engine", "script", "course", "plot",
        ],
    ),
    (
        "render",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "plot",
        ],
    ),
    (
        "repl",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "render",
            "terminal",
            "plot",
            "translate",
        ],
    ),
    (
        "notebook",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "render",
            "plot",
        ],
    ),
    (
        "kernel",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "render",
            "repl",
            "notebook",
            "plot",
        ],
    ),
    (
        "page",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "render",
            "plot",
        ],
    ),
    (
        "learn",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "render",
            "terminal",
            "plot",
        ],
    ),
    (
        "cli",
        &[
            "error",
            "mongo",
            "record",
            "server",
            "values",
            "api",
            "engine",
            "script",
            "diagnose",
            "course",
            "authoring",
            "render",
            "terminal",
            "repl",
            "learn",
            "notebook",
            "kernel",
            "page",
            "plot",
            "translate",
            "transfer",
        ],
    ),
];

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// Returns the rooms that the code of a file names, also in `use crate::{error, mongo::Client}`.
/// Comments do not count.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    // Tokens instead of a syntax tree, so that macro bodies count as well.
    let tokens: TokenStream = text.parse().unwrap();
    collect_rooms(tokens, &mut used);
    used.retain(|name| MAY_USE.iter().any(|(room, _)| room == name));
    used
}

fn collect_rooms(tokens: TokenStream, used: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) if name == "crate" && is_colon(at + 1) && is_colon(at + 2) => {
                match tokens.get(at + 3) {
                    Some(TokenTree::Ident(room)) => drop(used.insert(room.to_string())),
                    Some(TokenTree::Group(branches)) => first_names(branches.stream(), used),
                    _ => {}
                }
            }
            TokenTree::Group(group) => collect_rooms(group.stream(), used),
            _ => {}
        }
    }
}

/// The first name of each branch of a `use` tree.
fn first_names(branches: TokenStream, used: &mut BTreeSet<String>) {
    let mut is_first = true;
    for token in branches {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == ',' => is_first = true,
            TokenTree::Ident(name) if is_first => {
                used.insert(name.to_string());
                is_first = false;
            }
            _ => {}
        }
    }
}

#[test]
fn every_form_of_use_is_recognised() {
    let text = "
        //! crate::cli::in_a_comment
        use crate::error::Error;
        use crate::{mongo::{Client, Cursor}, server as s};
        fn f() { crate::api::g(); table! { row => crate::engine::h() } }
    ";
    let used: Vec<String> = rooms_used(text).into_iter().collect();
    assert_eq!(used, ["api", "engine", "error", "mongo", "server"]);
}

#[test]
fn each_room_uses_only_rooms_below_it() {
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
fn rhai_and_the_environment_are_used_only_where_allowed() {
    let mut wrong = Vec::new();
    for room in ["error", "history", "mongo", "server"] {
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

#[test]
fn links_in_the_documentation_point_to_files() {
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

/// The files that may use `SystemTime`: for the start time of a server or a recording, for a
/// unique number, and for the date of a review. Waits need a clock that does not jump.
const MAY_ASK_THE_TIME: [&str; 4] = [
    "server/record.rs",
    "mongo/client/retry_session.rs",
    "cli/review_command.rs",
    "record/recorder.rs",
];

#[test]
fn waits_do_not_use_the_wall_clock() {
    let source = root().join("src");
    let mut asking = Vec::new();
    files(&source, "rs", &mut asking);
    asking.retain(|file| fs::read_to_string(file).unwrap().contains("SystemTime"));
    assert!(!asking.is_empty(), "the search finds nothing");
    for file in asking {
        let shown = file.strip_prefix(&source).unwrap().to_str().unwrap();
        assert!(MAY_ASK_THE_TIME.contains(&shown), "{shown} uses SystemTime");
    }
}
