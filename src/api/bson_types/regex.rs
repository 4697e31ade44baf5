use rhai::ImmutableString;

/// A regular expression that the server evaluates: a pattern and its option letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regex {
    pattern: ImmutableString,
    options: ImmutableString,
}

impl Regex {
    pub fn new(pattern: impl Into<ImmutableString>, options: impl Into<ImmutableString>) -> Self {
        Self {
            pattern: pattern.into(),
            options: options.into(),
        }
    }

    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    pub fn options(&self) -> &str {
        &self.options
    }

    /// BSON ends both texts with a zero byte, so that neither can hold one.
    pub fn has_nul(&self) -> bool {
        self.pattern.contains('\0') || self.options.contains('\0')
    }
}
