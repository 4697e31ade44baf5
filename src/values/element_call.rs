use rhai::{Dynamic, EvalAltResult, FnPtr, INT, NativeCallContext, Position};

use super::closure;
use super::thrown::RhaiResult;

/// Calls a closure for the elements of an array: `|element|`, `|element, index|`, or without
/// parameters and with `this`.
///
/// Rhai tries these forms at every call until one fits, and formats an error for each that does
/// not. This asks once how many parameters there are.
pub struct ElementCall<'a> {
    context: &'a NativeCallContext<'a>,
    function: &'a FnPtr,
    parameters: Option<usize>,
}

impl<'a> ElementCall<'a> {
    pub fn new(context: &'a NativeCallContext<'a>, function: &'a FnPtr) -> Self {
        Self {
            context,
            function,
            parameters: closure::parameters(context, function),
        }
    }

    /// Calls the closure for one element.
    ///
    /// # Errors
    /// The error of the closure; `ErrorFunctionNotFound` if it has another number of parameters.
    pub fn call(&self, element: &mut Dynamic, index: INT) -> RhaiResult<Dynamic> {
        let (context, caller) = (self.context, self.context.fn_name());
        let index = Dynamic::from_int(index);
        let done = match self.parameters {
            Some(0) => self.function.call_raw(context, Some(element), []),
            Some(1) => self.function.call_raw(context, None, [element.clone()]),
            Some(2) => {
                let args = [element.clone(), index];
                self.function.call_raw(context, None, args)
            }
            _ => {
                let (this, more) = (Some(element), [index]);
                return self.function.call_raw_with_extra_args(
                    caller,
                    context,
                    this,
                    [],
                    more,
                    Some(0),
                );
            }
        };
        done.map_err(|error| {
            let source = context.call_source().unwrap_or_default().to_owned();
            EvalAltResult::ErrorInFunctionCall(caller.to_owned(), source, error, Position::NONE)
                .into()
        })
    }

    /// Returns whether the closure returns `true` for an element.
    ///
    /// # Errors
    /// As for `call`.
    pub fn holds(&self, element: &mut Dynamic, index: INT) -> RhaiResult<bool> {
        Ok(self.call(element, index)?.as_bool().unwrap_or(false))
    }
}
