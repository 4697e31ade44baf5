use unicode_width::UnicodeWidthStr;

/// Wraps text at spaces to `width` columns. A longer word has a line of its own.
///
/// Code between back quotes stays in one line if it fits, because people copy it.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for given in text.split('\n') {
        let mut line = String::new();
        for word in words(given, width) {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Splits a line at the spaces that are not between back quotes.
fn words(line: &str, width: usize) -> Vec<&str> {
    let mut is_code = false;
    let pieces = line.split(|letter: char| {
        is_code ^= letter == '`';
        letter == ' ' && !is_code
    });
    pieces
        .flat_map(|piece| match piece.width() > width {
            true => piece.split(' ').collect(),
            false => vec![piece],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("a\n`much too long`", 3),
            ["a", "`much", "too", "long`"]
        );
        assert_eq!(wrapped("do `a b c`.", 8), ["do", "`a b c`."]);
        assert_eq!(wrapped("a\n", 7), ["a", ""]);
    }
}
