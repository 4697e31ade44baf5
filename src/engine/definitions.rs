//! The files from which editors learn what scripts have.

use std::fs;
use std::io;
use std::path::Path;

use rhai::Engine;

/// What every script finds, beside functions.
const GLOBALS: &str = "\
module static;

/// The client of this session's server.
let client: Client;

/// The database of this session: `lessons`, unless somebody named another.
let db: Database;

/// The script's arguments.
let args: array;
";

/// Writes a definition file for each module: every function with its documentation.
///
/// # Errors
/// What the system says about the folder.
pub fn write(folder: &Path) -> io::Result<()> {
    let mut engine = Engine::new_raw();
    super::add_modules(&mut engine);
    fs::create_dir_all(folder)?;
    for (name, text) in engine.definitions().iter_files() {
        fs::write(folder.join(name), as_scripts_see_it(&text))?;
    }
    fs::write(folder.join("__globals__.d.rhai"), GLOBALS)
}

/// Rust wraps what may fail; to a script it is the value, or an error that is thrown.
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
        // A function that gives whatever it is given.
        "RhaiResult" => format!("{head} -> ?;"),
        inner => format!("{head} -> {};", of_a_script(inner)),
    }
}

/// A type by the name that Rhai's own definitions use.
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
