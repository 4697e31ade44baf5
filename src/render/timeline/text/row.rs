use std::fmt::Write;
use std::ops::Range;

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

use crate::error::visible;

/// One row of a chart: cells with styles.
#[derive(Clone, Debug)]
pub(super) struct Row {
    cells: Vec<(char, Style)>,
}

impl Row {
    pub(super) fn new(width: usize) -> Self {
        Self {
            cells: vec![(' ', Style::new()); width],
        }
    }

    /// Fills columns with a letter.
    pub(super) fn fill(&mut self, columns: Range<usize>, letter: char, style: Style) {
        let end = columns.end.min(self.cells.len());
        for cell in self.cells.iter_mut().take(end).skip(columns.start) {
            *cell = (letter, style);
        }
    }

    /// Writes a text into the columns from `at` on, as far as it fits before `end`.
    pub(super) fn write(&mut self, at: usize, end: usize, text: &str, style: Style) {
        // Letters of two columns would move the rest of the row.
        let text = visible(text);
        let letters = text.chars().filter(|letter| letter.width() == Some(1));
        let end = end.min(self.cells.len());
        for (cell, letter) in self.cells.iter_mut().take(end).skip(at).zip(letters) {
            *cell = (letter, style);
        }
    }

    /// Writes a text beside a bar: behind it if it fits there, or else before it.
    pub(super) fn write_beside(&mut self, bar: &Range<usize>, text: &str, style: Style) {
        let length = visible(text).chars().count();
        let end = self.cells.len();
        if bar.end + 1 + length <= end {
            self.write(bar.end + 1, end, text, style);
        } else if length < bar.start {
            self.write(bar.start - 1 - length, bar.start, text, style);
        } else if bar.len() > length + 1 {
            self.write(bar.start + 1, bar.end - 1, text, style);
        } else if bar.start > end - bar.end {
            self.write(0, bar.start.saturating_sub(1), text, style);
        } else {
            self.write(bar.end + 1, end, text, style);
        }
    }

    /// Returns the row with its styles.
    pub(super) fn styled(&self) -> String {
        let mut text = String::new();
        let mut current = Style::new();
        for (letter, style) in &self.cells {
            if *style != current {
                // Writing into memory cannot fail.
                let _ = write!(text, "{current:#}{style}");
                current = *style;
            }
            text.push(*letter);
        }
        let _ = write!(text, "{current:#}");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(row: &Row) -> String {
        row.cells.iter().map(|(letter, _)| letter).collect()
    }

    #[test]
    fn a_text_stands_where_it_fits() {
        let beside = |bar: Range<usize>, text: &str| {
            let mut row = Row::new(12);
            row.fill(bar.clone(), '#', Style::new());
            row.write_beside(&bar, text, Style::new());
            plain(&row)
        };
        assert_eq!(beside(0..2, "after"), "## after    ");
        assert_eq!(beside(8..12, "before"), " before ####");
        assert_eq!(beside(1..11, "inside"), " #inside### ");
        assert_eq!(beside(1..4, "very long text"), " ### very lo");
        assert_eq!(beside(9..11, "very long text"), "very lon ## ");
    }

    #[test]
    fn a_text_cannot_change_the_terminal() {
        let mut row = Row::new(8);
        row.write(0, 8, "\u{1b}[2J漢a", Style::new());
        assert!(!plain(&row).contains('\u{1b}') && plain(&row).chars().count() == 8);
    }
}
