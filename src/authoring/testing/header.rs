use std::time::Duration;

use crate::authoring::trial::trial_runner::TrialPlace;
use crate::course::exercise::{is_exercise, is_solution, solution_of};
use crate::error::{Error, Place as Spot, Result};
use crate::script::Source;
use crate::script::lexer::{self, Piece};
use crate::script::percent::cells;

/// A script's test settings, from lines `// test: server="own" timeout="60"`.
///
/// The marker of the first cell may also contain `server="own"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub place: TrialPlace,
    /// The reason for not running it.
    pub skip: Option<String>,
    pub timeout: Option<Duration>,
    /// Whether the order of its output lines may vary.
    pub any_order: bool,
}

const KEYS: &str = "the settings are `server`, `skip`, `timeout` and `order`: `// test: server=\"own\" timeout=\"60\"`";

impl Header {
    /// Reads the test settings of `source`.
    ///
    /// # Errors
    /// `InvalidArgument`, with its line, for an unknown setting.
    pub fn read(source: &Source) -> Result<Self> {
        let text = source.text();
        let mut header = Self {
            place: place_of(source),
            skip: None,
            timeout: None,
            any_order: false,
        };
        for (index, line) in text.lines().enumerate() {
            let Some(words) = directive(line) else {
                continue;
            };
            for (key, value) in pairs(words).map_err(|why| wrong(source, index, &why))? {
                let known = header.set(key, value);
                known.map_err(|why| wrong(source, index, &why))?;
            }
        }
        Ok(header)
    }

    fn set(&mut self, key: &str, value: &str) -> std::result::Result<(), String> {
        match (key, value) {
            ("server", "own") => self.place = TrialPlace::Server,
            ("server", "shared") => self.place = TrialPlace::Database,
            ("order", "any") => self.any_order = true,
            ("skip", why) if !why.trim().is_empty() => self.skip = Some(why.to_owned()),
            ("timeout", seconds) => {
                let time = seconds.parse().ok().filter(|seconds| *seconds > 0.0);
                let time = time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                self.timeout = Some(time.ok_or_else(|| {
                    format!("`timeout=\"{seconds}\"` is not a number of seconds above 0")
                })?);
            }
            _ => return Err(format!("`{key}=\"{value}\"` is not a test setting")),
        }
        Ok(())
    }
}

fn directive(line: &str) -> Option<&str> {
    let comment = line.trim_start().strip_prefix("//")?.trim_start();
    comment.strip_prefix("test:")
}

/// Parses `key="value"` pairs separated by spaces.
fn pairs(words: &str) -> std::result::Result<Vec<(&str, &str)>, String> {
    let mut pairs = Vec::new();
    let mut rest = words.trim();
    while !rest.is_empty() {
        let pair = rest.split_once("=\"").and_then(|(key, rest)| {
            let (value, rest) = rest.split_once('"')?;
            Some((key, value, rest))
        });
        let (key, value, after) =
            pair.ok_or_else(|| format!("`{rest}` is not `word=\"value\"`"))?;
        pairs.push((key.trim(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

fn wrong(source: &Source, index: usize, why: &str) -> Error {
    Error::invalid_argument(why).hint(KEYS).at(Spot {
        source: Some(source.name().to_owned()),
        line: index + 1,
        column: 1,
    })
}

/// Returns the default place: an own server if the script uses more than its own database.
fn place_of(source: &Source) -> TrialPlace {
    let text = source.text();
    let cells = cells(text);
    let head = cells.iter().find(|cell| cell.has_marker());
    match head.and_then(|cell| cell.attribute("server")) {
        Some("own") => return TrialPlace::Server,
        Some(_) => return TrialPlace::Database,
        None if is_exercise(text) => return TrialPlace::Database,
        // As the exercise says. If it does not exist, `run` reports that.
        None if is_solution(text) => {
            return match solution_of(source) {
                Ok(exercise) if exercise.own_server => TrialPlace::Server,
                _ => TrialPlace::Database,
            };
        }
        None => {}
    }
    let reaches_out = lexer::lex(text).into_iter().any(|(piece, range)| {
        piece == Piece::Word
            && matches!(
                &text[range],
                "client" | "connect" | "create_user" | "create_role"
            )
    });
    if reaches_out {
        TrialPlace::Server
    } else {
        TrialPlace::Database
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Header> {
        Header::read(&Source::code("x.rhai", text))
    }

    #[test]
    fn a_script_header_holds_test_options() {
        let header = read("// about\n// test: timeout=\"0.5\" order=\"any\"\nprint(1);").unwrap();
        assert_eq!(header.timeout, Some(Duration::from_millis(500)));
        assert!(header.any_order && header.place == TrialPlace::Database);
        let header = read("// test: skip=\"runs until Ctrl-C\"\n").unwrap();
        assert_eq!(header.skip.as_deref(), Some("runs until Ctrl-C"));
        let error = read("let x = 1;\n// test: sever=\"own\"\n").unwrap_err();
        assert_eq!(error.place().unwrap().line, 2);
        assert!(read("// test: server=own\n").is_err());
        assert!(read("// test: timeout=\"-1\"\n").is_err());
    }

    #[test]
    fn a_script_that_uses_other_databases_gets_a_server() {
        for (text, place) in [
            ("print(\"client\"); // client", TrialPlace::Database),
            ("client.shop.orders.drop();", TrialPlace::Server),
            (
                "// test: server=\"shared\"\nclient.ping();",
                TrialPlace::Database,
            ),
            (
                "// %% [markdown] exercise lecture=\"a\" server=\"own\"\n",
                TrialPlace::Server,
            ),
            (
                "// %% [markdown] exercise lecture=\"a\"\nclient.ping();\n",
                TrialPlace::Database,
            ),
        ] {
            assert_eq!(read(text).unwrap().place, place, "{text}");
        }
    }
}
