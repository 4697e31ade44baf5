use super::ValueType;

/// One option of a script function: its name, its type, and its default.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub value_type: ValueType,
    /// What applies if the option is left out, in words; empty if nothing applies.
    pub default: &'static str,
}

impl OptionSpec {
    /// An option that has no default.
    pub const fn new(name: &'static str, value_type: ValueType) -> Self {
        Self::with_default(name, value_type, "")
    }

    pub const fn with_default(
        name: &'static str,
        value_type: ValueType,
        default: &'static str,
    ) -> Self {
        Self {
            name,
            value_type,
            default,
        }
    }
}
