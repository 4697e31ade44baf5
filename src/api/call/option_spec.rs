use super::value_type::ValueType;

/// One option of a script function: its name, its type, and its default.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub value_type: ValueType,
    /// What applies if the option is left out, in words; empty if nothing applies.
    pub default: &'static str,
}
