//! The functions of a Document that call a closure for each field.

use rhai::FnPtr;
use rhai::plugin::*;

use super::closure;
use super::document::Document;
use super::document_functions::Entry;
use super::fields::{Fields, Slot};
use super::thrown::RhaiResult;

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "document_closures", document_closures);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod document_closures {
    /// Returns a Document with the same names and with the value that the closure `|name, value|`
    /// returns for each field.
    ///
    /// A closure with one parameter gets the name, and the value as `this`.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1, b: 2 }.map(|name, value| value * 10), #{ a: 10, b: 20 });
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn map(ctx: NativeCallContext, document: &mut Document, f: FnPtr) -> RhaiResult<Document> {
        let mut fields = Fields::default();
        let parameters = closure::parameters(&ctx, &f);
        for mut entry in document.entries()? {
            let value = call(&ctx, &f, parameters, &mut entry)?;
            fields.insert(entry.0, Slot::Value(value));
        }
        Ok(Document::from_fields(fields))
    }

    /// Returns a Document with the fields for which the closure `|name, value|` returns `true`.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1, b: 2 }.filter(|name, value| value > 1), #{ b: 2 });
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn filter(
        ctx: NativeCallContext,
        document: &mut Document,
        f: FnPtr,
    ) -> RhaiResult<Document> {
        let (chosen, _) = split(&ctx, document, &f)?;
        Ok(chosen)
    }

    /// Removes the fields for which the closure `|name, value|` returns `true`, and returns them.
    ///
    /// ```rhai
    /// let d = #{ a: 1, b: 2 };
    /// assert_eq(d.drain(|name, value| value > 1), #{ b: 2 });
    /// assert_eq(d, #{ a: 1 });
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn drain(
        ctx: NativeCallContext,
        document: &mut Document,
        f: FnPtr,
    ) -> RhaiResult<Document> {
        let (chosen, others) = split(&ctx, document, &f)?;
        *document = others;
        Ok(chosen)
    }

    /// Keeps only the fields for which the closure `|name, value|` returns `true`, and returns the
    /// others.
    ///
    /// ```rhai
    /// let d = #{ a: 1, b: 2 };
    /// assert_eq(d.retain(|name, value| value > 1), #{ a: 1 });
    /// assert_eq(d, #{ b: 2 });
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn retain(
        ctx: NativeCallContext,
        document: &mut Document,
        f: FnPtr,
    ) -> RhaiResult<Document> {
        let (chosen, others) = split(&ctx, document, &f)?;
        *document = chosen;
        Ok(others)
    }
}

/// Returns the fields for which the closure is true, and the others. Fields stay undecoded: a
/// closure that does not change `this` does not change what is sent to the server.
fn split(
    ctx: &NativeCallContext,
    document: &Document,
    f: &FnPtr,
) -> RhaiResult<(Document, Document)> {
    let mut all = document.clone();
    let (mut chosen, mut others) = (Fields::default(), Fields::default());
    let parameters = closure::parameters(ctx, f);
    for (name, slot) in all.fields_mut()?.iter() {
        let mut entry = (name.clone(), slot.read()?);
        let holds = call(ctx, f, parameters, &mut entry)?
            .as_bool()
            .unwrap_or(false);
        let side = if holds { &mut chosen } else { &mut others };
        side.insert(name.clone(), slot.clone());
    }
    Ok((Document::from_fields(chosen), Document::from_fields(others)))
}

/// Calls the closure as Rhai's object maps do: with the name and `this`, or with the name and the
/// value. `parameters` is the number that the closure has, if it is known.
fn call(
    ctx: &NativeCallContext,
    f: &FnPtr,
    parameters: Option<usize>,
    (name, value): &mut Entry,
) -> RhaiResult<Dynamic> {
    if parameters != Some(2) {
        match f.call_raw(ctx, Some(value), [name.clone().into()]) {
            Err(error) if closure::is_missing(&error, f) => {}
            result => return result,
        }
    }
    closure::call(ctx, f, [name.clone().into(), value.clone()])
}
