/// A command in the first line of a cell: `:time`, `:watch`, and so on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CellCommand {
    pub name: String,
    /// The rest of the cell. Spaces stand for the command, so that places in code are right.
    pub code: String,
}

impl CellCommand {
    /// Returns the command of a cell, if the cell begins with one.
    pub(super) fn of(cell: &str) -> Option<Self> {
        let start = cell.len() - cell.trim_start().len();
        let (name, behind) = match cell[start..].strip_prefix('?') {
            Some(_) => ("help", start + 1),
            None => {
                let command = cell[start..].strip_prefix(':')?;
                let name = command.split(char::is_whitespace).next()?;
                (name, start + 1 + name.len())
            }
        };
        let before = cell[..behind].chars();
        let blank = before.map(|letter| if letter == '\n' { '\n' } else { ' ' });
        Some(Self {
            name: name.to_owned(),
            code: blank.chain(cell[behind..].chars()).collect(),
        })
    }

    /// Returns the rest of the cell without the space around it.
    pub(super) fn argument(&self) -> &str {
        self.code.trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_the_first_word_and_code_keeps_its_place() {
        for (cell, name, code) in [
            (":use shop", "use", "     shop"),
            (":time f();\ng()", "time", "      f();\ng()"),
            ("\n :stop", "stop", "\n      "),
            ("?find_one", "help", " find_one"),
            (":", "", " "),
        ] {
            let command = CellCommand::of(cell).unwrap();
            assert_eq!((&*command.name, &*command.code), (name, code), "{cell:?}");
        }
        assert_eq!(CellCommand::of("let x = 1;\n:use x"), None);
        assert_eq!(CellCommand::of(""), None);
    }
}
