use rhai::ImmutableString;

use crate::api::document::Document;

/// JavaScript code, with the variables it runs with where it has any.
#[derive(Clone, Debug)]
pub struct Code {
    text: ImmutableString,
    scope: Option<Document>,
}

impl Code {
    pub fn new(text: impl Into<ImmutableString>, scope: Option<Document>) -> Self {
        Self {
            text: text.into(),
            scope,
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn scope(&self) -> Option<&Document> {
        self.scope.as_ref()
    }
}
