//! `Code`: JavaScript that the server may run.

use rhai::plugin::*;
use rhai::{Dynamic, ImmutableString, Map};

use crate::values::document::Document;

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

    /// Takes the variables out.
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
    /// JavaScript code, as a value.
    ///
    /// ```rhai
    /// assert_eq(Code("return 1").text, "return 1");
    /// ```
    #[rhai_fn(name = "Code", global)]
    pub fn new_code(text: ImmutableString) -> Code {
        Code::new(text, None)
    }

    /// JavaScript code with the variables it runs with.
    ///
    /// ```rhai
    /// assert_eq(Code("return x", #{ x: 1 }).scope, #{ x: 1 });
    /// ```
    #[rhai_fn(name = "Code", global)]
    pub fn new_code_with_scope(text: ImmutableString, scope: Document) -> Code {
        Code::new(text, Some(scope))
    }

    /// JavaScript code with the variables of an object map.
    ///
    /// ```rhai
    /// assert_eq(Code("return x", #{ x: 1 }).text, "return x");
    /// ```
    #[rhai_fn(name = "Code", global)]
    pub fn new_code_with_map(text: ImmutableString, scope: Map) -> Code {
        Code::new(text, Some(scope.into()))
    }

    /// The JavaScript text.
    ///
    /// ```rhai
    /// assert_eq(Code("return 1").text, "return 1");
    /// ```
    #[rhai_fn(get = "text", pure, global)]
    pub fn text(code: &mut Code) -> ImmutableString {
        code.text.clone()
    }

    /// The variables that the code runs with, or `()` where it has none.
    ///
    /// ```rhai
    /// assert_eq(Code("return 1").scope, ());
    /// ```
    #[rhai_fn(get = "scope", pure, global)]
    pub fn scope(code: &mut Code) -> Dynamic {
        code.scope.clone().map_or(Dynamic::UNIT, Dynamic::from)
    }
}
