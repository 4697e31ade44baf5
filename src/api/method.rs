//! How the functions of handles (Client, Database, Collection, Cursor …) are declared and registered.
//!
//! A table of methods instead of one Rust function for each number of arguments: optional arguments, the check of
//! their types in the house's words, documentation for the reference and the prompt, all from one place.

use std::any::TypeId;

use bson::Document as BsonDocument;
use futures_util::future::BoxFuture;
use rhai::{
    Array, Dynamic, EvalAltResult, FnPtr, FuncRegistration, ImmutableString, Map, Module,
    NativeCallContext, RhaiFunc, Shared, Variant,
};

use super::client_session::ClientSession;
use super::document::Document;
use super::session::Session;
use super::termination::Termination;
use super::thrown::{RhaiResult, at_call};
use super::{type_name, value};
use crate::error::{Error, Result};
use crate::mongo::{
    Client, Failure, Options, Permit, SharedSession, repeatable, until_keys_are_read,
};

/// What the body of a method returns.
pub type Outcome = std::result::Result<Dynamic, CallError>;

/// Why a method gives no value: something of ours, or what a script's own function threw.
#[derive(Debug)]
pub enum CallError {
    Failure(Failure),
    Rhai(Box<EvalAltResult>),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<Box<EvalAltResult>> for CallError {
    fn from(error: Box<EvalAltResult>) -> Self {
        Self::Rhai(error)
    }
}

/// One function, or one property, of a script type.
pub struct Method<T: 'static> {
    pub name: &'static str,
    /// The parameters after the value itself; those that may be left out end in `?`.
    pub parameters: &'static str,
    /// The script type it gives, or `()` instead; nothing where that depends.
    pub returns: &'static str,
    /// The help text, line by line.
    pub docs: &'static [&'static str],
    /// Whether it is written without parentheses.
    pub is_property: bool,
    pub body: fn(&T, &mut Call) -> Outcome,
}

/// Declares `register(module)` for a type's methods; their doc comments are their help texts.
macro_rules! methods {
    ($type:ty, $label:literal; $(
        $(#[doc = $doc:literal])+
        $what:ident $name:ident($this:ident, $call:ident $(, $parameters:literal)?) $(-> $returns:literal)? $body:block
    )+) => {
        pub fn register(module: &mut rhai::Module) {
            module.set_custom_type::<$type>($label);
            $( $crate::api::method::Method::<$type> {
                name: stringify!($name),
                parameters: concat!($($parameters)?),
                returns: concat!($($returns)?),
                docs: &[$($doc),+],
                is_property: matches!(stringify!($what), "property"),
                body: |$this, $call| $body,
            }.register(module, $label); )+
        }
    };
}
pub(crate) use methods;

impl<T: Variant + Clone> Method<T> {
    /// Registers the method once for each number of arguments it takes.
    pub fn register(self, module: &mut Module, label: &str) {
        let parameters: Vec<&str> = self
            .parameters
            .split(", ")
            .filter(|name| !name.is_empty())
            .collect();
        let required = parameters
            .iter()
            .filter(|name| !name.ends_with('?'))
            .count();
        for count in required..=parameters.len() {
            let registration = if self.is_property {
                FuncRegistration::new_getter(self.name)
            } else {
                FuncRegistration::new(self.name)
            };
            let mut names = vec![format!("this: {label}")];
            names.extend(
                parameters[..count]
                    .iter()
                    .map(|name| name.trim_end_matches('?').to_owned()),
            );
            if !self.returns.is_empty() {
                // One name more than there are parameters is what comes back.
                names.push(self.returns.to_owned());
            }
            let comments: Vec<String> = self.docs.iter().map(|line| format!("///{line}")).collect();
            let mut types = vec![TypeId::of::<T>()];
            types.resize(count + 1, TypeId::of::<Dynamic>());
            registration
                .with_params_info(names)
                .with_comments(comments)
                .set_into_module_raw(module, types, self.function());
        }
    }

    fn function(&self) -> RhaiFunc {
        let (body, name) = (self.body, self.name);
        RhaiFunc::Method {
            func: Shared::new(
                move |context: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
                    let Some(context) = context else {
                        return Err(Error::invalid_argument(
                            "a method was called without its context",
                        )
                        .into());
                    };
                    let (this, rest) = match args.split_first_mut() {
                        Some((this, rest)) => (this.flatten_clone(), rest),
                        None => {
                            return Err(
                                Error::invalid_argument("a method was called on nothing").into()
                            );
                        }
                    };
                    let Some(this) = this.read_lock::<T>() else {
                        return Err(Error::invalid_argument(format!(
                            "`{name}` was called on something else"
                        ))
                        .into());
                    };
                    let args = rest.iter_mut().map(|arg| arg.take().flatten()).collect();
                    let session = Session::of(&context)?;
                    let mut call = Call {
                        context: &context,
                        session,
                        name,
                        args,
                        bound: None,
                    };
                    body(&this, &mut call).map_err(|trouble| match trouble {
                        CallError::Failure(failure) => thrown(&context, failure),
                        CallError::Rhai(error) => error,
                    })
                },
            ),
            has_context: true,
            is_pure: true,
            is_volatile: true,
        }
    }
}

/// A failure as Rhai throws it. What ends the run cannot be caught.
pub fn thrown(context: &NativeCallContext, failure: Failure) -> Box<EvalAltResult> {
    match failure {
        Failure::Error(error) => at_call(context, error),
        Failure::Stopped(stop) => EvalAltResult::ErrorTerminated(
            Dynamic::from(Termination::Stopped(stop)),
            context.call_position(),
        )
        .into(),
    }
}

/// One call of a method: its arguments, taken one after the other, and the run it belongs to.
pub struct Call<'a> {
    pub context: &'a NativeCallContext<'a>,
    pub session: Session,
    name: &'static str,
    args: std::collections::VecDeque<Dynamic>,
    /// The session that the options named.
    bound: Option<SharedSession>,
}

impl Call<'_> {
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The next argument, or `None` where it was left out or is `()`.
    pub fn arg(&mut self) -> Option<Dynamic> {
        self.args.pop_front().filter(|value| !value.is_unit())
    }

    /// The next argument as a Document; an empty one where it was left out.
    pub fn document(&mut self, parameter: &str) -> Result<Document> {
        match self.arg() {
            None => Ok(Document::default()),
            Some(value) => self.as_document(parameter, value),
        }
    }

    /// The next argument as a Document that has to be there.
    pub fn required_document(&mut self, parameter: &str) -> Result<Document> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        self.as_document(parameter, value)
    }

    /// The next argument as the driver's kind of document.
    pub fn bson(&mut self, parameter: &str) -> Result<BsonDocument> {
        value::convert::to_bson(&self.document(parameter)?)
    }

    /// The next argument as options, their names checked. A `session` among them is taken out: see [`Self::run`].
    pub fn options(&mut self, name: &'static str, known: &[&str]) -> Result<Options> {
        Options::new(name, self.options_document()?, known)
    }

    /// The next argument as options, their names not checked yet.
    pub fn options_document(&mut self) -> Result<BsonDocument> {
        let mut options = self.document("options")?;
        if let Some(session) = options
            .remove("session")?
            .filter(|session| !session.is_unit())
        {
            let bound = session.read_lock::<ClientSession>();
            let bound = bound.ok_or_else(|| {
                self.wrong(
                    "session",
                    "a Session, from `client.start_session()`",
                    &session,
                )
            })?;
            self.bound = Some(bound.shared().clone());
        }
        value::convert::to_bson(&options)
    }

    /// The session that the options named, which has to be one of `client`'s.
    ///
    /// # Errors
    /// `InvalidArgument` for a session of another client.
    pub fn bound_session(&self, client: &Client) -> Result<Option<SharedSession>> {
        match &self.bound {
            Some(session) if !session.belongs_to(client) => Err(Error::invalid_argument(format!(
                "the session of `{}` belongs to another client",
                self.name
            ))
            .hint("start it on the client whose collection it is used with")),
            bound => Ok(bound.clone()),
        }
    }

    /// Runs one operation, in the session that the options named or in one of its own.
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
    ) -> std::result::Result<T, Failure> {
        let operation = repeatable(operation);
        match self.bound_session(client)? {
            Some(session) => session.call(self.session.interrupt(), async |session| {
                until_keys_are_read(session, operation).await
            }),
            None => client.call_repeatable(self.session.interrupt(), operation),
        }
    }

    /// The next argument as a text.
    pub fn text(&mut self, parameter: &str) -> Result<ImmutableString> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        if value.is_string() {
            return value
                .into_immutable_string()
                .map_err(|_| self.wrong(parameter, "a string", &Dynamic::UNIT));
        }
        Err(self.wrong(parameter, "a string", &value))
    }

    /// The next argument as an array.
    pub fn array(&mut self, parameter: &str) -> Result<Array> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        if value.is_array() {
            return value
                .into_array()
                .map_err(|_| self.wrong(parameter, "an array", &Dynamic::UNIT));
        }
        Err(self.wrong(parameter, "an array", &value))
    }

    /// The next argument as an array of Documents.
    pub fn documents(&mut self, parameter: &str) -> Result<Vec<Document>> {
        let array = self.array(parameter)?;
        array
            .into_iter()
            .enumerate()
            .map(|(index, value)| {
                self.as_document(&format!("{parameter}[{index}]"), value.flatten())
            })
            .collect()
    }

    /// The next argument as a pipeline: an array of stages, or one stage alone.
    pub fn pipeline(&mut self) -> Result<Vec<BsonDocument>> {
        match self.args.front() {
            None => Ok(Vec::new()),
            Some(value) if value.is_unit() => {
                self.args.pop_front();
                Ok(Vec::new())
            }
            Some(value) if value.is_array() => self
                .documents("pipeline")?
                .iter()
                .map(value::convert::to_bson)
                .collect(),
            Some(_) => Err({
                let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
                self.wrong("pipeline", "an array of stages", &value)
            }),
        }
    }

    /// A pipeline, where the next argument is one: in `watch` it may be left out in front of the options.
    pub fn pipeline_unless_options(&mut self) -> Result<Vec<BsonDocument>> {
        let is_options = |value: &Dynamic| value.is::<Document>() || value.is_map();
        match self.args.front() {
            Some(value) if self.args.len() == 1 && is_options(value) => Ok(Vec::new()),
            _ => self.pipeline(),
        }
    }

    /// The next argument as a number of seconds, whole or fractional.
    pub fn seconds(&mut self, parameter: &str) -> Result<std::time::Duration> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        let seconds = value
            .as_float()
            .or_else(|_| value.as_int().map(|int| int as f64));
        let seconds = seconds.map_err(|_| self.wrong(parameter, "a number of seconds", &value))?;
        super::waiting::duration(self.name, seconds)
    }

    /// Whether there is another argument.
    pub fn has_more(&self) -> bool {
        !self.args.is_empty()
    }

    /// The next argument as a whole number.
    pub fn integer(&mut self, parameter: &str) -> Result<i64> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        value
            .as_int()
            .map_err(|_| self.wrong(parameter, "a whole number", &value))
    }

    /// The next argument as `true` or `false`.
    pub fn boolean(&mut self, parameter: &str) -> Result<bool> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        value
            .as_bool()
            .map_err(|_| self.wrong(parameter, "`true` or `false`", &value))
    }

    /// The next argument as a function.
    pub fn function(&mut self, parameter: &str) -> Result<FnPtr> {
        let value = self.args.pop_front().unwrap_or(Dynamic::UNIT);
        value
            .clone()
            .try_cast::<FnPtr>()
            .ok_or_else(|| self.wrong(parameter, "a function such as `|| …`", &value))
    }

    /// Calls a function of the script.
    pub fn invoke(&self, function: &FnPtr, args: impl rhai::FuncArgs) -> RhaiResult<Dynamic> {
        function.call_within_context(self.context, args)
    }

    /// The error for an argument of the wrong type.
    pub fn wrong(&self, parameter: &str, expected: &str, got: &Dynamic) -> Error {
        Error::invalid_argument(format!(
            "`{parameter}` of `{}` is {}, expected {expected}",
            self.name,
            type_name::of(got)
        ))
        .hint(format!("`help(\"{}\")` shows how it is called", self.name))
    }

    /// A value as a Document.
    pub fn as_document(&self, parameter: &str, value: Dynamic) -> Result<Document> {
        if value.is::<Document>() {
            return Ok(value.cast());
        }
        if value.is_map() {
            return Ok(value.cast::<Map>().into());
        }
        Err(self.wrong(parameter, "a Document such as `#{ a: 1 }`", &value))
    }
}
