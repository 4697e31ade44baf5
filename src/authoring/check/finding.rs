/// Something about a course that is not as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file it is about, as it is called within the course.
    pub file: String,
    /// The line, where it is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What else there is to see: a line that was changed, a message that came instead.
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
