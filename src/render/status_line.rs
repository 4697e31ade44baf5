use unicode_width::UnicodeWidthChar;

use crate::error::visible;

/// Goes to the begin of the line and deletes it.
const CLEAR: &str = "\r\x1b[K";

/// Returns what to write to a terminal so that its last, unfinished line is the status `text`, or
/// empty without a text. `is_shown` is whether that line is a status now.
pub fn status_line(is_shown: &mut bool, text: Option<&str>, width: usize) -> String {
    let clear = if *is_shown { CLEAR } else { "" };
    *is_shown = text.is_some();
    let text = text.map(|text| fitted(&visible(text), width));
    format!("{clear}{}", text.unwrap_or_default())
}

/// Cuts a text so that it fits on one line, with one column for the cursor.
fn fitted(text: &str, width: usize) -> String {
    let columns = |text: &str| -> usize { text.chars().filter_map(UnicodeWidthChar::width).sum() };
    let most = width.max(2) - 1;
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut fitting = String::new();
    let mut used = 0;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        // One column is for the ellipsis.
        if used + 1 > most {
            break;
        }
        fitting.push(letter);
    }
    fitting.push('…');
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_replaces_the_one_before_it_and_fits_on_one_line() {
        let mut is_shown = false;
        assert_eq!(status_line(&mut is_shown, None, 20), "");
        assert_eq!(status_line(&mut is_shown, Some("one"), 20), "one");
        assert_eq!(
            status_line(&mut is_shown, Some("a longer text"), 8),
            "\r\x1b[Ka long…"
        );
        assert_eq!(status_line(&mut is_shown, None, 20), "\r\x1b[K");
        assert_eq!(status_line(&mut is_shown, None, 20), "");
    }
}
