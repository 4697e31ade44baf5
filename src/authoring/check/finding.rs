/// One problem of a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The path within the course.
    pub file: String,
    pub line: Option<usize>,
    pub message: String,
    /// Further lines: the changed code, the actual message, the seed.
    pub details: Vec<String>,
}

impl Finding {
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            message: message.into(),
            details: Vec::new(),
        }
    }

    pub fn at(self, line: usize) -> Self {
        Self {
            line: Some(line),
            ..self
        }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }
}
