//! The script type `Error`: the value that `catch (err)` receives.

use rhai::plugin::*;
use rhai::{Array, FLOAT, INT, ImmutableString};

use crate::error::{Error, Kind};
use crate::values::codec::convert;
use crate::values::show;
use crate::values::thrown::RhaiResult;

/// The `kind` of a thrown value that is not an Error.
const THROWN: &str = "Thrown";

pub fn register(module: &mut Module) {
    module.set_custom_type::<Error>("Error");
    combine_with_exported_module!(module, "error", error_functions);
    combine_with_exported_module!(module, "error_facts", error_facts);
}

/// Returns the module `errors`, with one constant for each kind.
pub fn kinds() -> Module {
    let mut module = Module::new();
    module.set_doc("//! The kinds of errors. Compare them with `err.kind`.");
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
    /// Returns the kind of the error: one of `errors::*`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.kind, errors::InvalidId); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind(error: &mut Error) -> ImmutableString {
        error.kind().name().into()
    }

    /// Returns the kind of a thrown string, which is not an Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw "oh" } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_text(_text: &mut ImmutableString) -> ImmutableString {
        THROWN.into()
    }

    /// Returns the kind of a thrown integer, which is not an Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw 5 } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_integer(_thrown: &mut INT) -> ImmutableString {
        THROWN.into()
    }

    /// Returns the kind of a thrown float, which is not an Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw 0.5 } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_float(_thrown: &mut FLOAT) -> ImmutableString {
        THROWN.into()
    }

    /// Returns the kind of a thrown boolean, which is not an Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw true } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_bool(_thrown: &mut bool) -> ImmutableString {
        THROWN.into()
    }

    /// Returns the kind of a thrown character, which is not an Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw 'a' } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_char(_thrown: &mut char) -> ImmutableString {
        THROWN.into()
    }

    /// Returns the kind of a thrown array, which is not an Error: always `"Thrown"`.
    ///
    /// ```rhai
    /// try { throw [1, 2] } catch (err) { assert_eq(err.kind, "Thrown"); }
    /// ```
    #[rhai_fn(get = "kind", pure, global)]
    pub fn kind_of_array(_thrown: &mut Array) -> ImmutableString {
        THROWN.into()
    }

    /// Returns the message: what went wrong.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.message, "`x` is not an ObjectId"); }
    /// ```
    #[rhai_fn(get = "message", pure, global)]
    pub fn message(error: &mut Error) -> ImmutableString {
        error.message().into()
    }

    /// Returns the hint: what to do about the error, or `()` if there is no hint.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert("24" in err.hint); }
    /// ```
    #[rhai_fn(get = "hint", pure, global)]
    pub fn hint(error: &mut Error) -> Dynamic {
        or_unit(error.hint_text().map(ImmutableString::from))
    }

    /// Returns the line of the script where the error happened, or `()`.
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

    /// Returns `true` if a time limit passed: of the operation, of a wait or of a write concern.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.is_timeout, false); }
    /// ```
    #[rhai_fn(get = "is_timeout", pure, global)]
    pub fn is_timeout(error: &mut Error) -> bool {
        error.is_timeout()
    }

    /// Returns `true` if the connection to the server failed.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.is_network, false); }
    /// ```
    #[rhai_fn(get = "is_network", pure, global)]
    pub fn is_network(error: &mut Error) -> bool {
        error.is_network()
    }

    /// Returns `true` if a retry may succeed and is safe.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.is_retryable, false); }
    /// ```
    #[rhai_fn(get = "is_retryable", pure, global)]
    pub fn is_retryable(error: &mut Error) -> bool {
        error.is_retryable()
    }

    /// Returns the error as text: its kind and its message.
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
    /// Returns the error code of the server, or `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.code, ()); }
    /// ```
    #[rhai_fn(get = "code", pure, global)]
    pub fn code(error: &mut Error) -> Dynamic {
        or_unit(error.facts().code.map(INT::from))
    }

    /// Returns the name of the server's error code, or `()`.
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

    /// Returns the error labels of the server and the driver, sorted.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.labels, []); }
    /// ```
    #[rhai_fn(get = "labels", pure, global)]
    pub fn labels(error: &mut Error) -> Array {
        let labels = error.facts().labels.iter();
        labels.map(|label| label.as_str().into()).collect()
    }

    /// Returns the keys of the unique index if the error is a duplicate key, or else `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.key_pattern, ()); }
    /// ```
    #[rhai_fn(get = "key_pattern", pure, return_raw, global)]
    pub fn key_pattern(error: &mut Error) -> RhaiResult<Dynamic> {
        document_or_unit(error.facts().key_pattern.as_ref())
    }

    /// Returns the values that exist already if the error is a duplicate key, or else `()`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.key_value, ()); }
    /// ```
    #[rhai_fn(get = "key_value", pure, return_raw, global)]
    pub fn key_value(error: &mut Error) -> RhaiResult<Dynamic> {
        document_or_unit(error.facts().key_value.as_ref())
    }

    /// Returns the index of the failed document or operation in its batch, from 0, or `()`.
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

    /// Returns all failed writes of a batch as Documents.
    ///
    /// Other errors have an empty array.
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

    /// Returns the `_id`s of the documents that a failed `insert_many` or `bulk_write` inserted.
    ///
    /// Other errors have an empty array.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.inserted_ids, []); }
    /// ```
    #[rhai_fn(get = "inserted_ids", pure, return_raw, global)]
    pub fn inserted_ids(error: &mut Error) -> RhaiResult<Array> {
        let ids = error.facts().inserted_ids.iter();
        ids.map(|id| Ok(convert::of_bson_value(id)?)).collect()
    }

    /// Returns what a failed `bulk_write` did before the error, as a Document, or `()` for other
    /// errors.
    ///
    /// It has the fields of a successful result. In addition it has `not_applied`, the indexes of
    /// operations that did not run; `unknown`, the indexes of operations that were sent but not
    /// answered; and `write_concern_errors`.
    ///
    /// ```rhai
    /// try { ObjectId("x") } catch (err) { assert_eq(err.result, ()); }
    /// ```
    #[rhai_fn(get = "result", pure, return_raw, global)]
    pub fn result(error: &mut Error) -> RhaiResult<Dynamic> {
        document_or_unit(error.facts().result.as_ref())
    }

    /// Returns the reply of the server or the first cause, or `()`.
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
