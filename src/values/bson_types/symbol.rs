//! `Symbol`: a deprecated relative of the string.

use rhai::ImmutableString;
use rhai::plugin::*;

/// A string of another type; deprecated by BSON, kept as it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol(ImmutableString);

impl Symbol {
    /// A symbol of that text.
    pub fn new(text: impl Into<ImmutableString>) -> Self {
        Self(text.into())
    }

    /// The symbol's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub fn register(module: &mut Module) {
    module.set_custom_type::<Symbol>("Symbol");
    combine_with_exported_module!(module, "symbol", symbol_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod symbol_functions {
    /// The deprecated BSON type that is compared like a string, for documents that have it.
    ///
    /// ```rhai
    /// assert(Symbol("x") == "x");
    /// ```
    #[rhai_fn(name = "Symbol", global)]
    pub fn new_symbol(text: ImmutableString) -> Symbol {
        Symbol::new(text)
    }

    /// The symbol's text.
    ///
    /// ```rhai
    /// assert_eq(Symbol("x").text, "x");
    /// ```
    #[rhai_fn(get = "text", pure, global)]
    pub fn text(symbol: &mut Symbol) -> ImmutableString {
        symbol.0.clone()
    }
}
