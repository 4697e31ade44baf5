//! `docs/allowed-commands.md` is generated from the lists. `UPDATE_DOCS=1 cargo test
//! allowed_commands` updates it.

use std::fmt::Write;
use std::path::Path;

use seaworthy::mongo::allow_list::lists::{
    ACTIONS, AllowedEntry, CLOSED_DATABASES, COMMANDS, CREATE, EVERYWHERE, FORBIDDEN_OPERATORS,
    INDEX, REASONS, REFUSED_ROLES, ROLES, STAGES,
};

fn page() -> String {
    let mut page = String::from(
        "# What a confined script may send\n\n\
         This page is made from `src/mongo/allow_list/lists.rs`. What is not listed is refused; [security](security.md) says why there are lists.\n\n\
         ## Commands\n\n| command | fields | why it is allowed |\n|---|---|---|\n",
    );
    for command in COMMANDS {
        let fields = code(command.fields);
        let _ = writeln!(page, "| `{}` | {fields} | {} |", command.name, command.why);
    }
    let _ = writeln!(page, "\nEvery command may also have {}.", code(EVERYWHERE));
    let _ = writeln!(page, "\nOptions of an index: {}.", code(INDEX));
    let _ = writeln!(page, "\nOptions of a collection: {}.", code(CREATE));
    table(&mut page, "Stages of pipelines", STAGES);
    table(
        &mut page,
        "Operators that are refused everywhere",
        FORBIDDEN_OPERATORS,
    );
    table(
        &mut page,
        "Databases that scripts do not change",
        CLOSED_DATABASES,
    );
    table(&mut page, "Roles that scripts may give", ROLES);
    table(&mut page, "Roles that are refused", REFUSED_ROLES);
    let _ = writeln!(page, "\nActions of privileges: {}.", code(ACTIONS));
    table(&mut page, "Why well-known names are missing", REASONS);
    page
}

fn table(page: &mut String, title: &str, entries: &[AllowedEntry]) {
    let _ = writeln!(page, "\n## {title}\n\n| name | reason |\n|---|---|");
    for entry in entries {
        let _ = writeln!(page, "| `{}` | {} |", entry.name, entry.why);
    }
}

fn code(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[test]
fn allowed_commands_are_documented() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/allowed-commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page()).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        kept,
        page(),
        "`UPDATE_DOCS=1 cargo test allowed_commands` updates it"
    );
}
