use std::collections::VecDeque;
use std::time::Duration;

use bson::{Bson, Document as BsonDocument};
use futures_util::future::BoxFuture;
use rhai::{Array, Dynamic, FnPtr, INT, ImmutableString, Map, NativeCallContext, Variant};

use super::option_names::with_our_names;
use super::option_spec::OptionSpec;
use super::signature::{Parameter, Signature};
use super::value_type::Misfit;
use super::value_type::ValueType;
use crate::api::run::pause::duration;
use crate::api::run::recorded_calls::place_of;
use crate::api::run::session::Session;
use crate::error::{Error, Kind, Result, nearest};
use crate::mongo::{
    CallError, CallOptions, Client, Permit, SharedSession, projection_of, repeatable,
    unknown_option, until_keys_are_read,
};
use crate::record::CallScope;
use crate::values::closure;
use crate::values::codec::convert;
use crate::values::document::Document;
use crate::values::thrown::RhaiResult;
use crate::values::type_name;

/// One call of a script function: its arguments, which are taken in order, and the run it belongs
/// to.
///
/// The arguments have the types of the signature. The functions that take them follow the order of
/// its parameters.
pub struct Call<'a> {
    pub context: &'a NativeCallContext<'a>,
    pub session: Session,
    signature: &'static Signature,
    /// One for each parameter; `()` for one that was left out.
    args: VecDeque<Dynamic>,
    /// The session in the options.
    bound: Option<SharedSession>,
}

impl<'a> Call<'a> {
    /// Checks the arguments against the signature.
    ///
    /// # Errors
    /// `InvalidArgument` with the parameter and its type.
    pub(super) fn new(
        context: &'a NativeCallContext<'a>,
        signature: &'static Signature,
        given: impl ExactSizeIterator<Item = Dynamic>,
    ) -> Result<Self> {
        Ok(Self {
            session: Session::of(context)?,
            args: check_arguments(signature, given)?,
            context,
            signature,
            bound: None,
        })
    }

    /// Begins the call in the recording of the run, if there is one.
    pub(super) fn begin_recording(&self) -> Option<CallScope> {
        let recorder = self.session.recorder()?;
        Some(recorder.begin_call(self.name(), place_of(recorder, self.context)))
    }

    pub fn name(&self) -> &'static str {
        self.signature.name
    }

    /// Refuses the call in a confined script.
    ///
    /// # Errors
    /// `InvalidArgument` with the reason.
    pub fn refuse_confined(&self, why: &str) -> Result<()> {
        match self.session.is_confined() {
            true => Err(Error::invalid_argument(format!(
                "a confined script cannot use `{}`: {why}",
                self.name()
            ))
            .hint("run it without `--confined` if you trust it")),
            false => Ok(()),
        }
    }

    /// Returns the next argument, or `None` if it was left out or is `()`.
    pub fn arg(&mut self) -> Option<Dynamic> {
        self.args.pop_front().filter(|value| !value.is_unit())
    }

    fn take<T: Variant + Clone>(&mut self) -> Result<T> {
        let parameter = self.next_parameter();
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        value
            .try_cast_result::<T>()
            .map_err(|value| self.wrong(parameter.name, &parameter.value_type.expected(), &value))
    }

    fn next_parameter(&self) -> Parameter {
        let place = self.signature.parameters.len() - self.args.len();
        let parameter = self.signature.parameters.get(place);
        parameter.copied().unwrap_or(Parameter {
            name: "argument",
            value_type: ValueType::Any,
            is_optional: true,
        })
    }

    /// Returns the next argument as a Document, which is empty if it was left out.
    pub fn document(&mut self) -> Result<Document> {
        let parameter = self.next_parameter();
        match self.arg() {
            None => Ok(Document::default()),
            Some(value) => self.as_document(parameter.name, value),
        }
    }

    /// Returns the next argument as a document of the driver.
    pub fn bson(&mut self) -> Result<BsonDocument> {
        convert::to_bson(&self.document()?)
    }

    /// Returns the next argument as options. A `session` is removed from them: see [`Self::run`].
    pub fn options(&mut self) -> Result<CallOptions> {
        let name = self.name();
        Ok(CallOptions::of(name, self.options_document()?))
    }

    /// Returns the next argument as options, in a document of the driver.
    pub fn options_document(&mut self) -> Result<BsonDocument> {
        let mut options = self.document()?;
        if options.is_empty() {
            return Ok(BsonDocument::new());
        }
        if self.signature.takes_session()
            && let Some(session) = options.remove("session")?
        {
            let session = session.read_lock::<SharedSession>();
            self.bound = session.map(|session| session.clone());
            self.check_transaction(&options)?;
        }
        let mut options = convert::to_bson(&options)?;
        if let Some(fields) = options.get_mut("projection") {
            *fields = projection_of(std::mem::replace(fields, Bson::Null));
        }
        Ok(options)
    }

    /// Checks that a call in a transaction has no concerns of its own (transactions specification).
    fn check_transaction(&self, options: &Document) -> Result<()> {
        let concern = if options.contains("read_concern")? {
            "read_concern"
        } else if options.contains("write_concern")? {
            "write_concern"
        } else {
            return Ok(());
        };
        match &self.bound {
            Some(session) if session.in_transaction()? => Err(Error::invalid_argument(format!(
                "`{}` is in a transaction and cannot have its own `{concern}`",
                self.name()
            ))
            .hint(format!(
                "pass `{concern}` to `start_transaction` or `with_transaction`"
            ))),
            _ => Ok(()),
        }
    }

    /// Returns the session in the options, which must belong to `client`.
    ///
    /// # Errors
    /// `InvalidArgument` for a session of another client.
    pub fn bound_session(&self, client: &Client) -> Result<Option<SharedSession>> {
        match &self.bound {
            Some(session) if !session.belongs_to(client) => Err(Error::invalid_argument(format!(
                "the session of `{}` belongs to another client",
                self.name()
            ))
            .hint("start the session on the client of the collection")),
            bound => Ok(bound.clone()),
        }
    }

    /// Runs one operation in the session of the options, or in a new one.
    pub fn run<T: Send + 'static>(
        &self,
        client: &Client,
        _permit: Permit,
        operation: impl for<'s> FnOnce(
            &'s mut mongodb::ClientSession,
        ) -> BoxFuture<'s, mongodb::error::Result<T>>
        + Clone
        + Send
        + 'static,
    ) -> std::result::Result<T, CallError> {
        let operation = repeatable(operation);
        match self.bound_session(client)? {
            Some(session) => session.call(self.session.interrupt(), async |session| {
                until_keys_are_read(session, operation).await
            }),
            None => client.call_repeatable(self.session.interrupt(), operation),
        }
    }

    /// Runs a read, and again once if the first try failed for the network or a changed primary
    /// (specification of retryable reads). The driver does not retry plain commands.
    pub fn retry_read<T>(
        &self,
        client: &Client,
        read: impl Fn() -> std::result::Result<T, CallError>,
    ) -> std::result::Result<T, CallError> {
        let is_in_transaction = match self.bound_session(client)? {
            Some(session) => session.in_transaction()?,
            None => false,
        };
        match read() {
            Err(CallError::Error(error))
                if matches!(
                    error.kind(),
                    Kind::Network | Kind::PoolCleared | Kind::NotPrimary
                ) && client.settings().retries_reads()
                    && !is_in_transaction =>
            {
                read()
            }
            done => done,
        }
    }

    pub fn text(&mut self) -> Result<ImmutableString> {
        self.take()
    }

    pub fn array(&mut self) -> Result<Array> {
        self.take()
    }

    pub fn documents(&mut self) -> Result<Vec<Document>> {
        let parameter = self.next_parameter();
        let array: Array = match self.arg() {
            None => Array::new(),
            Some(value) => value.try_cast().unwrap_or_default(),
        };
        let values = array.into_iter();
        values
            .map(|value| self.as_document(parameter.name, value.flatten()))
            .collect()
    }

    /// Returns the next argument as the stages of a pipeline.
    pub fn pipeline(&mut self) -> Result<Vec<BsonDocument>> {
        self.documents()?.iter().map(convert::to_bson).collect()
    }

    /// Returns the next argument as a duration in seconds, or `None` if it was left out.
    pub fn seconds(&mut self) -> Result<Option<Duration>> {
        let Some(value) = self.arg() else {
            return Ok(None);
        };
        let seconds = value
            .as_float()
            .or_else(|_| value.as_int().map(|int| int as f64));
        duration(self.name(), seconds.unwrap_or(f64::NAN)).map(Some)
    }

    pub fn integer(&mut self) -> Result<i64> {
        self.take()
    }

    /// Returns the next argument as a whole number of 0 or more, or `None` if it was left out.
    pub fn count(&mut self) -> Result<Option<u64>> {
        let Some(value) = self.arg() else {
            return Ok(None);
        };
        let count = value.as_float().unwrap_or_default() as u64;
        Ok(Some(value.as_int().map_or(count, INT::unsigned_abs)))
    }

    pub fn boolean(&mut self) -> Result<bool> {
        self.take()
    }

    pub fn function(&mut self) -> Result<FnPtr> {
        self.take()
    }

    pub fn invoke(&self, function: &FnPtr, args: impl Into<Vec<Dynamic>>) -> RhaiResult<Dynamic> {
        closure::call(self.context, function, args)
    }

    /// Returns the error for an argument of the wrong type.
    pub fn wrong(&self, parameter: &str, expected: &str, got: &Dynamic) -> Error {
        wrong_argument(self.name(), parameter, &type_name::of(got), expected)
    }

    /// Returns a value as a Document.
    pub fn as_document(&self, parameter: &str, value: Dynamic) -> Result<Document> {
        if value.is::<Document>() {
            return Ok(value.cast());
        }
        if value.is_map() {
            return Ok(value.cast::<Map>().into());
        }
        Err(self.wrong(parameter, &ValueType::Document.expected(), &value))
    }
}

fn check_arguments(
    signature: &Signature,
    given: impl ExactSizeIterator<Item = Dynamic>,
) -> Result<VecDeque<Dynamic>> {
    let parameters = signature.parameters;
    let mut args = VecDeque::with_capacity(parameters.len());
    let is_short = given.len() < parameters.len();
    for value in given {
        if is_short && is_for_the_next(parameters, args.len(), &value) {
            args.push_back(Dynamic::UNIT);
        }
        // Rhai does not call a function with more arguments than parameters.
        let Some(parameter) = parameters.get(args.len()) else {
            break;
        };
        if value.is_unit() && parameter.is_filter() {
            return Err(unit_filter(signature.name, parameter.name));
        }
        let is_left_out = value.is_unit() && parameter.is_optional;
        let misfit = parameter.value_type.misfit(parameter.name, &value);
        if let Some(misfit) = misfit.filter(|_| !is_left_out) {
            let (path, found, expected) = (&misfit.path, &misfit.found, &misfit.expected);
            return Err(wrong_argument(signature.name, path, found, expected));
        }
        if parameter.value_type.is_options() && !value.is_unit() {
            let options = to_document(&value);
            let options = with_our_names(signature.name, &options, parameter.value_type)?;
            check_options(signature.name, &options, parameter.value_type)
                .map_err(|error| hint_at_pipeline(signature, error))?;
            args.push_back(Dynamic::from(options));
        } else {
            args.push_back(value);
        }
    }
    args.resize(parameters.len(), Dynamic::UNIT);
    Ok(args)
}

/// A missing field reads as `()`. As a filter it must not mean "all documents".
fn unit_filter(function: &str, parameter: &str) -> Error {
    Error::invalid_argument(format!("`{parameter}` of `{function}` is `()`")).hint(format!(
        "a missing field reads as `()`; leave `{parameter}` out, or write `#{{}}`, to match all documents"
    ))
}

/// Returns whether a value is the options after a parameter that was left out, as in
/// `watch(#{ … })`.
fn is_for_the_next(parameters: &[Parameter], place: usize, value: &Dynamic) -> bool {
    match (parameters.get(place), parameters.get(place + 1)) {
        (Some(first), Some(next)) => {
            next.value_type.is_options()
                && next.value_type.accepts(value)
                && first.may_be_skipped_for(next)
        }
        _ => false,
    }
}

/// Adds a hint if a stage is in the place of the options of `watch`.
fn hint_at_pipeline(signature: &Signature, error: Error) -> Error {
    let names_a_stage = error.message().contains("`$");
    let mut parameters = signature.parameters.iter();
    if names_a_stage && parameters.any(|one| matches!(one.value_type, ValueType::Pipeline)) {
        let name = signature.name;
        return error.hint(format!(
            "a pipeline is an array of stages: `{name}([#{{ \"$match\": #{{ … }} }}])`"
        ));
    }
    error
}

fn to_document(value: &Dynamic) -> Document {
    match value.read_lock::<Document>() {
        Some(document) => document.clone(),
        None => value.clone().try_cast::<Map>().unwrap_or_default().into(),
    }
}

fn wrong_argument(function: &str, parameter: &str, found: &str, expected: &str) -> Error {
    Error::invalid_argument(format!(
        "`{parameter}` of `{function}` is {found}, expected {expected}"
    ))
    .hint(format!("`help(\"{function}\")` shows how it is called"))
}

/// Checks the names and types of options against those of a function.
///
/// # Errors
/// `InvalidArgument` with the option.
pub fn check_options(function: &str, options: &Document, known: ValueType) -> Result<()> {
    for (name, value) in options.entries()? {
        let Some(option) = known.options().find(|option| *option.name == *name) else {
            let names: Vec<&str> = known.options().map(|option| option.name).collect();
            let error = unknown_option(function, &name, &names);
            let is_field = matches!(value.as_int(), Ok(0 | 1)) || value.is_bool();
            let is_misspelt = nearest(&name, names.iter().copied()).is_some();
            if is_field && !is_misspelt && names.contains(&"projection") {
                return Err(error.hint(format!(
                    "the fields to return are an option: `#{{ projection: #{{ {name}: {value} }} }}`"
                )));
            }
            return Err(error);
        };
        if value.is_unit() {
            continue;
        }
        if let Some(misfit) = option.value_type.misfit(&name, &value) {
            return Err(wrong_option(function, option, &misfit));
        }
    }
    Ok(())
}

fn wrong_option(function: &str, option: &OptionSpec, misfit: &Misfit) -> Error {
    let (path, found, expected) = (&misfit.path, &misfit.found, &misfit.expected);
    Error::invalid_argument(format!(
        "option `{path}` of `{function}` is {found}, expected {expected}"
    ))
    .hint(format!(
        "`help(\"{function}\")` shows what `{}` takes",
        option.name
    ))
}
