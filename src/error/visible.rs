//! Makes text from outside safe to print on a terminal: it cannot move the cursor, set the
//! clipboard or change the direction of reading. Dangerous characters become escapes, in the form
//! that scripts and JSON can read.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns whether a character is invisible, or changes how the characters around it look.
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Returns the text with escapes such as `\u001b` in place of invisible characters. Line feeds,
/// tabs and joiners are kept.
///
/// ```
/// use seaworthy::error::visible;
///
/// assert_eq!(visible("a\u{1b}]52;c;x\u{7}"), r"a\u001b]52;c;x\u0007");
/// assert_eq!(visible("two\nlines"), "two\nlines");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, false)
}

/// Does the same as [`visible`], but keeps the program's own colours, text styles and links to
/// files.
pub fn visible_with_styles(text: &str) -> Cow<'_, str> {
    escaped(text, true)
}

/// The start of a link on a terminal. The address follows; an empty address ends the link.
const LINK: &str = "\u{1b}]8;;";
const LINK_END: &str = "\u{1b}\\";

fn escaped(text: &str, keep_styles: bool) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(is_harmful) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let kept = match rest.as_bytes() {
            [b'\r', b'\n', ..] => 1,
            _ if keep_styles => style_length(rest),
            _ => 0,
        };
        if kept > 0 {
            shown.push_str(&rest[..kept]);
            rest = &rest[kept..];
        } else if let Some(letter) = rest.chars().next() {
            // Writing to a string cannot fail.
            let _ = match u32::from(letter) {
                code @ 0..0x1_0000 => write!(shown, "\\u{code:04x}"),
                code => write!(shown, "\\U{code:08x}"),
            };
            rest = &rest[letter.len_utf8()..];
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

fn is_harmful(letter: char) -> bool {
    // The two joiners combine letters and emoji. Terminals ignore the soft hyphen and the byte
    // order mark.
    let is_harmless = matches!(
        letter,
        '\n' | '\t' | '\u{200C}' | '\u{200D}' | '\u{AD}' | '\u{FEFF}'
    );
    is_invisible(letter) && !is_harmless
}

/// Returns the length of the sequence `ESC [ … m`, or of a link to a file, at the start of `text`;
/// 0 if there is none.
fn style_length(text: &str) -> usize {
    if let Some(link) = text.strip_prefix(LINK) {
        let end = link
            .find(is_invisible)
            .filter(|end| link[*end..].starts_with(LINK_END));
        let is_of_a_file = link.starts_with("file://") || link.starts_with(LINK_END);
        return match end {
            Some(end) if is_of_a_file => LINK.len() + end + LINK_END.len(),
            _ => 0,
        };
    }
    let Some(parameters) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let end = parameters.find(|letter: char| !letter.is_ascii_digit() && letter != ';');
    match end {
        Some(end) if parameters[end..].starts_with('m') => 2 + end + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_allowed_escape_sequences_are_kept() {
        assert_eq!(
            visible_with_styles("\u{1b}[1;31mred\u{1b}[0m"),
            "\u{1b}[1;31mred\u{1b}[0m"
        );
        let link = "\u{1b}]8;;file:///x\u{1b}\\x\u{1b}]8;;\u{1b}\\";
        assert_eq!(visible_with_styles(link), link);
        assert_eq!(visible("\u{1b}[31mred"), r"\u001b[31mred");
        for (text, shown) in [
            ("\u{1b}[2J", r"\u001b[2J"),
            ("\u{1b}[31", r"\u001b[31"),
            ("\u{9b}2J", r"\u009b2J"),
            (
                "\u{1b}]8;;http://db.invalid\u{1b}\\x",
                r"\u001b]8;;http://db.invalid\u001b\x",
            ),
            (
                "\u{1b}]8;;file://\u{7}\u{1b}\\x",
                r"\u001b]8;;file://\u0007\u001b\x",
            ),
            ("\u{202e}txt", r"\u202etxt"),
            ("over\rwritten", r"over\u000dwritten"),
            ("\u{e0041}", r"\U000e0041"),
        ] {
            assert_eq!(visible_with_styles(text), shown);
        }
        assert_eq!(visible("a\r\nb"), "a\r\nb");
    }

    proptest! {
        #[test]
        fn no_harmful_character_remains(text in any::<String>()) {
            prop_assert!(!visible(&text).replace("\r\n", "\n").contains(is_harmful));
        }
    }
}
