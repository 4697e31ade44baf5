use rhai::ImmutableString;

/// A string of another type; deprecated by BSON, kept as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol(ImmutableString);

impl Symbol {
    pub fn new(text: impl Into<ImmutableString>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
