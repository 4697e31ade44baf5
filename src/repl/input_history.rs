//! The last input lines, for `:history` and `:edit`.

use std::collections::VecDeque;

/// The last input lines, including those of earlier sessions.
pub(super) struct InputHistory {
    lines: VecDeque<String>,
    most: usize,
}

impl InputHistory {
    /// Creates an empty history for at most `most` lines.
    pub(super) fn new(most: usize) -> Self {
        Self {
            lines: VecDeque::new(),
            most,
        }
    }

    /// Adds a line, and removes the oldest if there are too many.
    pub(super) fn push(&mut self, mut line: String) {
        // The editor returns each line in a buffer of 4 KiB.
        line.shrink_to_fit();
        self.lines.push_back(line);
        while self.lines.len() > self.most {
            self.lines.pop_front();
        }
    }

    /// Returns the last `count` lines, oldest first.
    pub(super) fn last(&self, count: usize) -> impl Iterator<Item = &str> {
        let from = self.lines.len().saturating_sub(count);
        self.lines.range(from..).map(String::as_str)
    }

    /// Returns the lines, newest first.
    pub(super) fn backwards(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().rev().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::InputHistory;

    #[test]
    fn only_the_last_lines_are_kept() {
        let mut typed = InputHistory::new(3);
        for line in ["a", "b", "c", "d"] {
            typed.push(line.to_owned());
        }
        assert_eq!(typed.last(2).collect::<Vec<_>>(), ["c", "d"]);
        assert_eq!(typed.last(9).collect::<Vec<_>>(), ["b", "c", "d"]);
        assert_eq!(typed.backwards().next(), Some("d"));
    }

    #[test]
    fn a_line_uses_only_the_memory_it_needs() {
        let mut typed = InputHistory::new(3);
        let mut line = String::with_capacity(4096);
        line.push('x');
        typed.push(line);
        assert!(typed.lines[0].capacity() < 64);
    }
}
