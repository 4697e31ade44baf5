use crate::error::redact;

/// The longest text in an event, in bytes.
pub(super) const LONGEST: usize = 48;

/// Returns the start of a text without secrets, on one line, as an event stores it.
pub fn shortened(text: &str) -> Box<str> {
    let text = redact(text);
    let line = text.replace(char::is_control, " ");
    if line.len() <= LONGEST {
        return line.into();
    }
    let mut end = LONGEST - '…'.len_utf8();
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &line[..end]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_short_and_without_secrets() {
        assert_eq!(&*shortened("one\ntwo"), "one two");
        let long = shortened(&"ä".repeat(100));
        assert!(long.len() <= LONGEST && long.ends_with("ä…"), "{long}");
        assert_eq!(
            &*shortened("mongodb://ada:hush@host/"),
            "mongodb://***@host/"
        );
    }
}
