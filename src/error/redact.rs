//! Hides secrets in everything that the program prints: passwords in connection strings, and
//! passwords in source lines.

use std::ops::Range;

use super::secrets::{HIDDEN, hide_secrets, secrets_in};

/// Returns `text` with `***` in place of every password.
///
/// ```
/// let text = seaworthy::error::redact("cannot read `mongodb://ada:secret@host/db`");
/// assert_eq!(text, "cannot read `mongodb://***@host/db`");
/// ```
pub fn redact(text: &str) -> String {
    hide_secrets(text)
}

/// Returns a source line with its passwords hidden, and the new position of `span` in it.
///
/// ```
/// let (line, span) = seaworthy::error::hide_passwords("connect(#{ password: \"hush\" }).ping()", 32..36);
/// assert_eq!((line.as_str(), span), ("connect(#{ password: \"***\" }).ping()", 31..35));
/// ```
pub fn hide_passwords(line: &str, span: Range<usize>) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(line.len());
    let mut done = 0;
    let (mut start, mut end) = (span.start, span.end);
    for secret in secrets_in(line) {
        shown.push_str(&line[done..secret.start]);
        // Each position moves by the length difference of the secrets before it. A position inside
        // a secret moves to its start.
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

#[cfg(test)]
mod tests {
    use super::hide_passwords;

    #[test]
    fn hiding_passwords_keeps_the_error_position() {
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
}
