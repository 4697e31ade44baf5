//! The last net for secrets: no connection string leaves with its password, whoever quotes it.

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

#[cfg(test)]
mod tests {
    use super::redact;

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
