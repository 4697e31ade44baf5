//! `Code`: JavaScript that the server can run.

use rhai::plugin::*;
use rhai::{Dynamic, ImmutableString, Map};

use crate::values::document::Document;

/// JavaScript code, with its variables if it has any.
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

    /// Removes and returns the variables.
    pub(crate) fn take_scope(&mut self) -> Option<Document> {
        self.scope.take()
    }
}

pub fn register(module: &mut Module) {
    module.set_custom_type::<Code>("Code");
    combine_with_exported_module!(module, "code", code_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod code_functions {
    /// Returns JavaScript code as a value.
    ///
    /// ```rhai
    /// assert_eq(Code("return 1").text, "return 1");
    /// ```
    #[rhai_fn(name = "Code", global)]
    pub fn new_code(text: ImmutableString) -> Code {
        Code::new(text, None)
    }

    /// Returns JavaScript code with its variables.
    ///
    /// ```rhai
    /// assert_eq(Code("return x", #{ x: 1 }).scope, #{ x: 1 });
    /// ```
    #[rhai_fn(name = "Code", global)]
    pub fn new_code_with_scope(text: ImmutableString, scope: Document) -> Code {
        Code::new(text, Some(scope))
    }

    /// Returns JavaScript code with the variables of an object map.
    ///
    /// ```rhai
    /// assert_eq(Code("return x", #{ x: 1 }).text, "return x");
    /// ```
    #[rhai_fn(name = "Code", global)]
    pub fn new_code_with_map(text: ImmutableString, scope: Map) -> Code {
        Code::new(text, Some(scope.into()))
    }

    /// Returns the JavaScript text.
    ///
    /// ```rhai
    /// assert_eq(Code("return 1").text, "return 1");
    /// ```
    #[rhai_fn(get = "text", pure, global)]
    pub fn text(code: &mut Code) -> ImmutableString {
        code.text.clone()
    }

    /// Returns the variables of the code, or `()` if it has none.
    ///
    /// ```rhai
    /// assert_eq(Code("return 1").scope, ());
    /// ```
    #[rhai_fn(get = "scope", pure, global)]
    pub fn scope(code: &mut Code) -> Dynamic {
        code.scope.clone().map_or(Dynamic::UNIT, Dynamic::from)
    }
}
