use unicode_width::UnicodeWidthChar;

/// The display that was written last to a terminal. Its update can replace it, because nothing was
/// written after it.
#[derive(Debug, Default)]
pub struct LastDisplay {
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    id: usize,
    rows: usize,
}

impl LastDisplay {
    /// Notes that something else was written.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Returns what to write to show `text`, with a newline at the end. It first goes back and
    /// deletes the earlier text of the same display.
    pub fn write(&mut self, id: usize, text: &str, width: usize) -> String {
        let text = wrapped(text, width);
        let back = match self.shown.take() {
            Some(shown) if shown.id == id => format!("\x1b[{}A\r\x1b[J", shown.rows),
            _ => String::new(),
        };
        let rows = text.lines().count();
        self.shown = Some(Shown { id, rows });
        format!("{back}{text}")
    }
}

/// Breaks lines at the width of the terminal, so that their number is known.
fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 1);
    for line in text.split('\n') {
        let mut column = 0;
        for letter in line.chars() {
            let columns = letter.width().unwrap_or(0);
            if column + columns > width.max(2) {
                wrapped.push('\n');
                column = 0;
            }
            wrapped.push(letter);
            column += columns;
        }
        wrapped.push('\n');
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_deletes_the_rows_of_the_earlier_text() {
        let mut last = LastDisplay::default();
        assert_eq!(last.write(1, "one\ntwo, longer", 8), "one\ntwo, lon\nger\n");
        assert_eq!(last.write(1, "done", 8), "\x1b[3A\r\x1b[Jdone\n");
        assert_eq!(last.write(2, "other", 8), "other\n");
        last.forget();
        assert_eq!(last.write(2, "again", 8), "again\n");
    }
}
