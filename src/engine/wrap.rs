//! Breaks the lines of help texts, so that they fit a terminal of 80 columns.

/// The width of a page.
pub(super) const PAGE_WIDTH: usize = 78;

/// Breaks a text between words into lines of at most [`PAGE_WIDTH`] columns. The first line starts
/// with `first`, the others with `rest`.
pub(super) fn wrap(first: &str, rest: &str, text: &str) -> String {
    let mut out = first.to_owned();
    let mut used = first.chars().count();
    let mut is_at_start = true;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if !is_at_start && used + 1 + width > PAGE_WIDTH {
            out.push('\n');
            out.push_str(rest);
            used = rest.chars().count();
        } else if !is_at_start {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += width;
        is_at_start = false;
    }
    out
}

/// Breaks the paragraphs of a text and indents them. Lists and tables keep their lines.
pub(super) fn paragraphs(indent: &str, text: &str) -> String {
    let blocks: Vec<String> = text
        .split("\n\n")
        .map(|block| {
            let has_items = block.lines().any(|line| line.starts_with(['-', '|', ' ']));
            match has_items {
                true => {
                    let lines = block.lines().map(|line| format!("{indent}{line}"));
                    lines.collect::<Vec<_>>().join("\n")
                }
                false => wrap(indent, indent, block),
            }
        })
        .collect();
    blocks.join("\n\n")
}

/// Returns a row of a list: a name, and words that start in one column. A name that is too long for
/// its column has a line of its own.
pub(super) fn row(name: &str, column: usize, words: &str) -> String {
    let rest = " ".repeat(column);
    let space = column.saturating_sub(name.chars().count());
    let first = match space {
        0 | 1 if words.is_empty() => return name.to_owned(),
        0 | 1 => format!("{name}\n{rest}"),
        space => format!("{name}{}", " ".repeat(space)),
    };
    match first.rsplit_once('\n') {
        Some((name, first)) => format!("{name}\n{}", wrap(first, &rest, words)),
        None => wrap(&first, &rest, words),
    }
    .trim_end()
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_words_in_one_column() {
        assert_eq!(row("  .a", 8, "one two"), "  .a    one two");
        assert_eq!(row("  .a", 8, ""), "  .a");
        assert_eq!(row("  .long", 8, "one"), "  .long\n        one");
        let long = "word ".repeat(30);
        let shown = row("  .a", 8, &long);
        assert_eq!(shown.lines().count(), 3);
        assert!(shown.lines().all(|line| line.len() <= PAGE_WIDTH));
        assert!(
            shown
                .lines()
                .skip(1)
                .all(|line| line.starts_with("        w"))
        );
    }

    #[test]
    fn paragraphs_are_broken_and_lists_are_not() {
        let long = "word ".repeat(20);
        let text = format!("{long}\n{long}\n\n- one\n- two");
        let shown = paragraphs("  ", &text);
        assert!(shown.ends_with("\n\n  - one\n  - two"), "{shown}");
        assert!(shown.lines().all(|line| line.len() <= PAGE_WIDTH));
    }
}
