//! The Rhai definition files, from which editors know the script functions.

use std::fs;
use std::io;
use std::path::Path;

use rhai::Engine;

use crate::api::documented_library;

/// The variables of every script.
const GLOBALS: &str = "\
module static;

/// The client of this session's server.
let client: Client;

/// The database of this session: `lessons` if no other is named.
let db: Database;

/// The script's arguments.
let args: array;
";

/// Writes a definition file for each module: all functions with their documentation.
///
/// # Errors
/// The error of the system for the folder.
pub fn write(folder: &Path) -> io::Result<()> {
    let mut engine = Engine::new_raw();
    engine.register_global_module(super::STANDARD.clone());
    super::add_own_modules(&mut engine, &documented_library());
    fs::create_dir_all(folder)?;
    for (name, text) in engine.definitions().iter_files() {
        fs::write(folder.join(name), as_scripts_see_it(&text))?;
    }
    fs::write(folder.join("__globals__.d.rhai"), GLOBALS)
}

/// Removes Rust's `Result` from return types: scripts get the value or a thrown error.
fn as_scripts_see_it(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(signature).collect();
    lines.join("\n") + "\n"
}

fn signature(line: &str) -> String {
    let Some((head, returns)) = line.split_once(" -> ").filter(|_| !line.starts_with("///")) else {
        return line.to_owned();
    };
    let plain = returns.trim_end_matches(';').trim();
    let inner = plain
        .strip_suffix('>')
        .and_then(|plain| plain.split_once("Result<"))
        .map_or(plain, |(_, inner)| {
            inner.split(',').next().unwrap_or(inner).trim()
        });
    match inner {
        "()" | "" => format!("{head};"),
        // A function that returns a value of any type.
        "RhaiResult" => format!("{head} -> ?;"),
        inner => format!("{head} -> {};", of_a_script(inner)),
    }
}

/// Returns the name of a type in Rhai's definitions.
fn of_a_script(kind: &str) -> String {
    match kind {
        "integer" => "int".into(),
        "String" => "string".into(),
        "Array" => "array".into(),
        "Blob" => "blob".into(),
        "Map" => "map".into(),
        "FnPtr" => "Fn".into(),
        "Instant" => "timestamp".into(),
        kind => kind.replace(" >", ">"),
    }
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn return_types_have_their_script_names() {
        for (rust, script) in [
            ("fn a(x: ?) -> RhaiResult<() >;", "fn a(x: ?);"),
            ("fn a() -> RhaiResult<Document >;", "fn a() -> Document;"),
            (
                "fn a() -> std::result::Result<Client, Box<EvalAltResult>>;",
                "fn a() -> Client;",
            ),
            ("fn a() -> RhaiResult;", "fn a() -> ?;"),
            ("fn a() -> integer;", "fn a() -> int;"),
            (
                "op ..(int, int) -> Range<int>;",
                "op ..(int, int) -> Range<int>;",
            ),
            ("/// a -> RhaiResult<()>", "/// a -> RhaiResult<()>"),
        ] {
            assert_eq!(signature(rust), script);
        }
    }
}
