//! `Symbol`: a deprecated type similar to a string.

use rhai::ImmutableString;
use rhai::plugin::*;

/// A string with another BSON type. BSON deprecates it; it is kept as it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol(ImmutableString);

impl Symbol {
    pub fn new(text: impl Into<ImmutableString>) -> Self {
        Self(text.into())
    }

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
    /// Returns a Symbol, a deprecated type that is compared like a string.
    ///
    /// Use it only for documents that already have this type.
    ///
    /// ```rhai
    /// assert(Symbol("x") == "x");
    /// ```
    #[rhai_fn(name = "Symbol", global)]
    pub fn new_symbol(text: ImmutableString) -> Symbol {
        Symbol::new(text)
    }

    /// Returns the text of the symbol.
    ///
    /// ```rhai
    /// assert_eq(Symbol("x").text, "x");
    /// ```
    #[rhai_fn(get = "text", pure, global)]
    pub fn text(symbol: &mut Symbol) -> ImmutableString {
        symbol.0.clone()
    }
}
