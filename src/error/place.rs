use std::fmt;

/// A position in a script. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The script as the user named it (a path, `<stdin>`, `<eval>`), or `None` if Rhai did not
    /// give it.
    pub source: Option<String>,
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.source.as_deref().unwrap_or("<script>");
        write!(f, "{source}:{}:{}", self.line, self.column)
    }
}
