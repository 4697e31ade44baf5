//! The last net for secrets: no connection string leaves with its password, whoever quotes it, and no line of
//! source with the password that stands in it.

use std::ops::Range;

/// `text` with the user name and password of every MongoDB connection string replaced by `***`.
///
/// ```
/// let text = seaworthy::render::redact("cannot read `mongodb://ada:secret@host/db`");
/// assert_eq!(text, "cannot read `mongodb://***@host/db`");
/// ```
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = find_scheme(rest) {
        let (before, uri) = rest.split_at(start);
        // A password may hold anything but white space when it is not encoded as it should be.
        let end = uri.find(char::is_whitespace).unwrap_or(uri.len());
        redacted.push_str(before);
        match uri[..end].rfind('@') {
            Some(at) => {
                redacted.push_str("***");
                rest = &uri[at..];
            }
            None => {
                redacted.push_str(&uri[..end]);
                rest = &uri[end..];
            }
        }
    }
    redacted.push_str(rest);
    redacted
}

/// Where what follows `mongodb://` or `mongodb+srv://` begins, in any case of letters.
fn find_scheme(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    ["mongodb://", "mongodb+srv://"]
        .iter()
        .filter_map(|scheme| lower.find(scheme).map(|start| start + scheme.len()))
        .min()
}

/// A line of a script as it may be shown, its passwords replaced, and where `span` lies in it then.
///
/// ```
/// let (line, span) = seaworthy::render::hide_passwords("connect(#{ password: \"hush\" }).ping()", 32..36);
/// assert_eq!((line.as_str(), span), ("connect(#{ password: \"***\" }).ping()", 31..35));
/// ```
pub fn hide_passwords(line: &str, span: Range<usize>) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(line.len());
    let mut done = 0;
    let (mut start, mut end) = (span.start, span.end);
    for secret in passwords(line) {
        shown.push_str(&line[done..secret.start]);
        // Each place is moved by what was replaced before it; one inside the secret goes to the secret's beginning.
        let here = shown.len();
        let moved = |at: usize, whole: usize| {
            if whole >= secret.end {
                (at + HIDDEN.len()).saturating_sub(secret.len())
            } else if whole > secret.start {
                here
            } else {
                at
            }
        };
        (start, end) = (moved(start, span.start), moved(end, span.end));
        shown.push_str(HIDDEN);
        done = secret.end;
    }
    shown.push_str(&line[done..]);
    let end = end.min(shown.len());
    (shown, start.min(end)..end)
}

const HIDDEN: &str = "***";

/// Where the passwords in a line of a script lie: behind `password:` and `pwd:`, and second in `create_user(…)`.
fn passwords(line: &str) -> Vec<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let after = |word: &'static str| {
        lower
            .match_indices(word)
            .map(move |(at, _)| at + word.len())
    };
    let mut found: Vec<Range<usize>> = after("password")
        .chain(after("pwd"))
        .filter_map(|at| {
            let rest = line[at..].trim_start_matches(['"', '`', ' ']);
            let rest = rest.strip_prefix([':', '='])?;
            quoted(line, line.len() - rest.len())
        })
        .chain(after("create_user(").filter_map(|at| {
            let name = quoted(line, at)?;
            let rest = line.get(name.end + 1..)?.trim_start().strip_prefix(',')?;
            quoted(line, line.len() - rest.len())
        }))
        .collect();
    found.sort_by_key(|range| range.start);
    found.dedup();
    found
}

/// The text between the quotes that come next, if nothing but white space is before them.
fn quoted(line: &str, from: usize) -> Option<Range<usize>> {
    let rest = line[from..].trim_start();
    let quote = rest.chars().next().filter(|first| "\"`".contains(*first))?;
    let start = line.len() - rest.len() + 1;
    let mut escaped = false;
    let end = line[start..].find(|letter| {
        let ends = letter == quote && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    Some(start..end.map_or(line.len(), |end| start + end))
}

#[cfg(test)]
mod tests {
    use super::{hide_passwords, redact};

    #[test]
    fn passwords_in_a_line_of_source_go_and_the_spot_stays() {
        for (line, expected) in [
            (
                r#"connect(#{ password: "a\"b" }); SPOT"#,
                r#"connect(#{ password: "***" }); SPOT"#,
            ),
            (
                r#"connect(#{ "password" : "x" }); SPOT"#,
                r#"connect(#{ "password" : "***" }); SPOT"#,
            ),
            (
                r#"let password = `größe`; SPOT"#,
                r#"let password = `***`; SPOT"#,
            ),
            (
                r#"SPOT db.create_user("ada", "x", [])"#,
                r#"SPOT db.create_user("ada", "***", [])"#,
            ),
            (
                r#"let password = "never ended SPOT"#,
                r#"let password = "***"#,
            ),
            (r#"print("SPOT")"#, r#"print("SPOT")"#),
        ] {
            let at = line.find("SPOT").unwrap();
            let (shown, span) = hide_passwords(line, at..at + 4);
            assert_eq!(shown, expected);
            if shown.contains("SPOT") {
                assert_eq!(&shown[span], "SPOT", "{shown}");
            }
        }
    }

    #[test]
    fn passwords_go_and_hosts_stay() {
        for (text, expected) in [
            ("mongodb://h:1/db", "mongodb://h:1/db"),
            ("x mongodb://u:p@h y", "x mongodb://***@h y"),
            ("MongoDB+SRV://u:p%40@h", "MongoDB+SRV://***@h"),
            ("mongodb://u:p@ss/word@h", "mongodb://***@h"),
            (
                "mongodb://a:b@h mongodb://c:d@k",
                "mongodb://***@h mongodb://***@k",
            ),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(redact(text), expected);
        }
    }
}
