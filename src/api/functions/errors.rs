//! The script type `Error`: what `catch (err)` binds.

use rhai::plugin::*;
use rhai::{Array, INT, ImmutableString};

use crate::error::{Error, Kind};
use crate::values::codec::convert;
use crate::values::show;
use crate::values::thrown::RhaiResult;

pub fn register(module: &mut Module) {
    module.set_custom_type::<Error>("Error");
    combine_with_exported_module!(module, "error", error_functions);
    combine_with_exported_module!(module, "error_facts", error_facts);
}

/// The module `errors`: one constant a kind.
pub fn kinds() -> Module {
    let mut module = Module::new();
    module.set_doc("//! The kinds of errors, to compare `err.kind` with.");
    for kind in Kind::ALL {
        module.set_var(kind.name(), kind.name());
    }
    module.build_index();
    module
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod error_functions {
    /// What kind of error it is: one of `errors::*`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.kind, errors::InvalidId); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind(error: &mut Error) -> ImmutableString {
        error.kind().name().into()
    }

    /// The kind of a thrown text, which is no Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw "oh" } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_text(text: &mut ImmutableString) -> ImmutableString {
        let _ = text;
        "Thrown".into()
    }

    /// What went wrong, in words.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.message, "`x` is not an ObjectId"); }
    /// ```
    #[rhai_fn(get = "message", pure, global)]
    pub fn message(error: &mut Error) -> ImmutableString {
        error.message().into()
    }

    /// What to do about it, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert("24" in err.hint); }
    /// ```
    #[rhai_fn(get = "hint", pure, global)]
    pub fn hint(error: &mut Error) -> Dynamic {
        or_unit(error.hint_text().map(ImmutableString::from))
    }

    /// The line of the script where it happened, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.line, 1); }
    /// ```
    #[rhai_fn(get = "line", pure, global)]
    pub fn line(error: &mut Error) -> Dynamic {
        let line = error
            .place()
            .and_then(|place| INT::try_from(place.line).ok());
        or_unit(line.filter(|line| *line > 0))
    }

    /// Whether time ran out: of the operation, of a wait, or of a write concern.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.is_timeout, false); }
    /// ```
    #[rhai_fn(get = "is_timeout", pure, global)]
    pub fn is_timeout(error: &mut Error) -> bool {
        error.is_timeout()
    }

    /// Whether the way to the server was the trouble.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.is_network, false); }
    /// ```
    #[rhai_fn(get = "is_network", pure, global)]
    pub fn is_network(error: &mut Error) -> bool {
        error.is_network()
    }

    /// Whether trying again may succeed and can do no harm.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.is_retryable, false); }
    /// ```
    #[rhai_fn(get = "is_retryable", pure, global)]
    pub fn is_retryable(error: &mut Error) -> bool {
        error.is_retryable()
    }

    /// The error as text: its kind and its message.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(`${err}`, "InvalidId: `x` is not an ObjectId"); }
    /// ```
    #[rhai_fn(name = "to_string", name = "to_debug", pure, global)]
    pub fn to_string(error: &mut Error) -> ImmutableString {
        show::source(&Dynamic::from(error.clone())).into()
    }
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod error_facts {
    /// The server's error code, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.code, ()); }
    /// ```
    #[rhai_fn(get = "code", pure, global)]
    pub fn code(error: &mut Error) -> Dynamic {
        or_unit(error.facts().code.map(INT::from))
    }

    /// The server's name for the code, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.code_name, ()); }
    /// ```
    #[rhai_fn(get = "code_name", pure, global)]
    pub fn code_name(error: &mut Error) -> Dynamic {
        or_unit(
            error
                .facts()
                .code_name
                .as_deref()
                .map(ImmutableString::from),
        )
    }

    /// The labels that the server and the driver gave the error, sorted.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.labels, []); }
    /// ```
    #[rhai_fn(get = "labels", pure, global)]
    pub fn labels(error: &mut Error) -> Array {
        let labels = error.facts().labels.iter();
        labels.map(|label| label.as_str().into()).collect()
    }

    /// Of a duplicate key: the keys of the index, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.key_pattern, ()); }
    /// ```
    #[rhai_fn(get = "key_pattern", pure, return_raw, global)]
    pub fn key_pattern(error: &mut Error) -> RhaiResult<Dynamic> {
        document_or_unit(error.facts().key_pattern.as_ref())
    }

    /// Of a duplicate key: the values that are there already, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.key_value, ()); }
    /// ```
    #[rhai_fn(get = "key_value", pure, return_raw, global)]
    pub fn key_value(error: &mut Error) -> RhaiResult<Dynamic> {
        document_or_unit(error.facts().key_value.as_ref())
    }

    /// The position of the failed document or operation in its batch, from 0, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.index, ()); }
    /// ```
    #[rhai_fn(get = "index", pure, global)]
    pub fn index(error: &mut Error) -> Dynamic {
        or_unit(
            error
                .facts()
                .index
                .and_then(|index| INT::try_from(index).ok()),
        )
    }

    /// Every failed write of a batch, as Documents; empty where there was no batch.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.write_errors, []); }
    /// ```
    #[rhai_fn(get = "write_errors", pure, return_raw, global)]
    pub fn write_errors(error: &mut Error) -> RhaiResult<Array> {
        let documents = error.facts().write_errors.iter();
        documents
            .map(|document| Ok(Dynamic::from(convert::of_bson(document)?)))
            .collect()
    }

    /// The `_id`s that a failed `insert_many` or `bulk_write` did insert; empty for other errors.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.inserted_ids, []); }
    /// ```
    #[rhai_fn(get = "inserted_ids", pure, return_raw, global)]
    pub fn inserted_ids(error: &mut Error) -> RhaiResult<Array> {
        let ids = error.facts().inserted_ids.iter();
        ids.map(|id| Ok(convert::of_bson_value(id)?)).collect()
    }

    /// Of a failed `bulk_write`: a Document with what was done until then, or `()`. Beside the fields of a success it
    /// has `not_applied` and `unknown`, the places of operations that were not carried out, and of those that were sent
    /// and never answered, and `write_concern_errors`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.result, ()); }
    /// ```
    #[rhai_fn(get = "result", pure, return_raw, global)]
    pub fn result(error: &mut Error) -> RhaiResult<Dynamic> {
        document_or_unit(error.facts().result.as_ref())
    }

    /// The server's reply, or the first cause, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.details, ()); }
    /// ```
    #[rhai_fn(get = "details", pure, return_raw, global)]
    pub fn details(error: &mut Error) -> RhaiResult<Dynamic> {
        match &error.facts().details {
            Some(details) => Ok(convert::of_bson_value(details)?),
            None => Ok(Dynamic::UNIT),
        }
    }
}

fn or_unit(value: Option<impl Into<Dynamic>>) -> Dynamic {
    value.map_or(Dynamic::UNIT, Into::into)
}

fn document_or_unit(document: Option<&bson::Document>) -> RhaiResult<Dynamic> {
    match document {
        Some(document) => Ok(Dynamic::from(convert::of_bson(document)?)),
        None => Ok(Dynamic::UNIT),
    }
}
