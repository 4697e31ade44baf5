//! The percent format: `// %%` begins a code cell, `// %% [markdown]` a text cell.
//!
//! Editors and Jupytext open such a file as a notebook, and a plain run sees comments. The raw
//! texts of all cells together are the file.

/// One cell of a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    pub kind: CellKind,
    /// The words after the marker, without brackets and `key="value"` pairs.
    pub title: &'a str,
    pub line: usize,
    /// The cell as it is in the file, with its marker.
    pub raw: &'a str,
    /// The cell without its marker.
    pub body: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Code,
    Markdown,
}

impl<'a> Cell<'a> {
    /// Returns whether the cell has a marker. Only text before the first marker has none.
    pub fn has_marker(&self) -> bool {
        self.raw.len() > self.body.len()
    }

    /// Returns the kind of a Markdown cell: the first word after `[markdown]`.
    pub fn word(&self) -> Option<&'a str> {
        let is_markdown = self.kind == CellKind::Markdown;
        self.title.split_whitespace().next().filter(|_| is_markdown)
    }

    /// Returns the value of `key="value"` in the line of the marker.
    ///
    /// ```
    /// use seaworthy::script::percent::cells;
    ///
    /// let cells = cells("// %% [markdown] lesson minutes=\"8\"\n");
    /// assert_eq!(cells[0].attribute("minutes"), Some("8"));
    /// ```
    pub fn attribute(&self, key: &str) -> Option<&'a str> {
        let line = self.raw.lines().next().filter(|_| self.has_marker())?;
        line.match_indices(key).find_map(|(at, _)| {
            let rest = line[at + key.len()..].strip_prefix("=\"")?;
            let is_whole = line[..at].ends_with(char::is_whitespace);
            Some(rest.split_once('"')?.0).filter(|_| is_whole)
        })
    }

    /// Returns the text of a Markdown cell, without the comment signs.
    pub fn prose(&self) -> String {
        let lines: Vec<&str> = self
            .body
            .lines()
            .map(|line| {
                let line = line.trim_end();
                let text = line.trim_start().strip_prefix("//").unwrap_or(line);
                text.strip_prefix(' ').unwrap_or(text)
            })
            .collect();
        lines.join("\n").trim_matches('\n').to_owned()
    }
}

/// Returns the cells of `text`, in order. Text before the first marker is a code cell.
pub fn cells(text: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut start = 0;
    let mut first_line = 1;
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if marker(line).is_some() && offset > start {
            cells.push(cell(&text[start..offset], first_line));
            start = offset;
        }
        if offset == start {
            first_line = index + 1;
        }
        offset += line.len();
    }
    if start < text.len() {
        cells.push(cell(&text[start..], first_line));
    }
    cells
}

fn cell(raw: &str, line: usize) -> Cell<'_> {
    let end = raw.find('\n').map_or(raw.len(), |newline| newline + 1);
    let Some(words) = marker(&raw[..end]) else {
        return Cell {
            kind: CellKind::Code,
            title: "",
            line,
            raw,
            body: raw,
        };
    };
    let (kind, title) = kind_and_title(words);
    Cell {
        kind,
        title,
        line,
        raw,
        body: &raw[end..],
    }
}

/// Returns the text after `// %%` in a line that begins a cell.
fn marker(line: &str) -> Option<&str> {
    let words = line.strip_prefix("//")?.trim_start_matches([' ', '\t']);
    let words = words.strip_prefix("%%")?.trim_start_matches('%');
    // `// %%timeit` does not begin a cell.
    (words.is_empty() || words.starts_with(char::is_whitespace)).then(|| words.trim())
}

fn kind_and_title(words: &str) -> (CellKind, &str) {
    let metadata = words.find('=').map_or(words.len(), |equals| {
        words[..equals].rfind(char::is_whitespace).unwrap_or(0)
    });
    let words = words[..metadata].trim();
    for name in ["[markdown]", "[md]"] {
        if let Some(rest) = words.strip_prefix(name) {
            return (CellKind::Markdown, rest.trim());
        }
        if let Some(rest) = words.strip_suffix(name) {
            return (CellKind::Markdown, rest.trim());
        }
    }
    (CellKind::Code, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LESSON: &str = "// Lecture 4\n\n// %% [markdown]\n// # Trucks\n//\n// Thirty of them.\n\n// %% The index {x} id=\"a\"\nlet x = 1;\n// %%\n";

    #[test]
    fn a_lesson_is_split_into_cells() {
        let cells = cells(LESSON);
        let seen: Vec<_> = cells
            .iter()
            .map(|cell| (cell.kind, cell.title, cell.line))
            .collect();
        assert_eq!(
            seen,
            [
                (CellKind::Code, "", 1),
                (CellKind::Markdown, "", 3),
                (CellKind::Code, "The index {x}", 8),
                (CellKind::Code, "", 10),
            ]
        );
        assert_eq!(cells[1].prose(), "# Trucks\n\nThirty of them.");
        assert_eq!(cells[2].body, "let x = 1;\n");
    }

    #[test]
    fn titles_can_be_on_either_side_of_the_kind() {
        assert_eq!(
            kind_and_title("[markdown] Trucks"),
            (CellKind::Markdown, "Trucks")
        );
        assert_eq!(
            kind_and_title("Trucks [md]"),
            (CellKind::Markdown, "Trucks")
        );
        assert_eq!(kind_and_title("tags=[\"x\"]"), (CellKind::Code, ""));
        assert_eq!(marker("// %%timeit"), None);
        assert_eq!(marker("//%% a"), Some("a"));
    }

    proptest! {
        #[test]
        fn cells_together_are_the_text(text in "(// %%( \\[markdown\\])?[ a=é]{0,4}|[ -~é]{0,6}|\r?\n){0,24}") {
            let whole: String = cells(&text).iter().map(|cell| cell.raw).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
