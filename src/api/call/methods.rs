//! The tables of script functions. A row has the name of a function, its parameters with their
//! types, its return type, its help text and its body. The macros make the [`Signature`] and
//! register the function.

use std::any::TypeId;

use rhai::{
    Dynamic, EvalAltResult, FuncRegistration, Module, NativeCallContext, RhaiFunc, Shared, Variant,
};

use super::arguments::Call;
use super::function_error::FunctionResult;
use super::library::FunctionLibrary;
use super::signature::{Parameter, Signature};
use crate::error::{Error, Result};

/// One row of a table.
pub struct Method {
    pub signature: Signature,
    /// The body. Its first argument is the value that the method is called on, or `()`.
    pub body: fn(&Dynamic, &mut Call) -> FunctionResult,
}

/// Declares the methods and properties of a script type.
///
/// ```text
/// methods! { Collection, "Collection";
///     /// Finds the documents that match a filter.
///     method find(this, call, filter?: Document, options?: FIND) -> "Cursor" keeps_documents { … }
/// }
/// ```
/// The types are those of `ValueType`; a parameter with a `?` may be left out. The result of a function with
/// `keeps_documents` holds documents of the collection it was called on.
macro_rules! methods {
    ($type:ty, $label:literal; $(
        $(#[doc = $doc:literal])+
        $form:ident $name:ident($this:ident, $call:ident $(, $($parameter:tt)+)?)
            $(-> $returns:literal $($keeps:ident)?)? $body:block
    )+) => {
        pub(crate) fn register(registrar: &mut $crate::api::call::Registrar) {
            use $crate::api::call::signature::{Form, Signature};
            use $crate::api::call::{Method, keeps_documents, parameters, receiver};
            static METHODS: &[Method] = &[$( Method {
                signature: Signature {
                    name: stringify!($name),
                    form: parameters!(@form $form),
                    receiver: $label,
                    module: "",
                    parameters: parameters!([] $($($parameter)+)?),
                    returns: concat!($($returns)?),
                    keeps_documents: keeps_documents!($($($keeps)?)?),
                    is_ours: true,
                    comment: concat!($($doc, "\n"),+),
                },
                body: |this, $call| {
                    let this = receiver::<$type>(this, stringify!($name))?;
                    let $this = &*this;
                    $body
                },
            } ),+];
            registrar.add_type::<$type>($label, METHODS);
        }
    };
}

/// Declares functions without a receiver, as `methods!` declares methods.
macro_rules! functions {
    ($(
        $(#[doc = $doc:literal])+
        function $name:ident($call:ident $(, $($parameter:tt)+)?) $(-> $returns:literal)? $body:block
    )+) => {
        pub fn register_functions(registrar: &mut $crate::api::call::Registrar) {
            use $crate::api::call::signature::{Form, Signature};
            use $crate::api::call::{Method, parameters};
            static FUNCTIONS: &[Method] = &[$( Method {
                signature: Signature {
                    name: stringify!($name),
                    form: Form::Function,
                    receiver: "",
                    module: "",
                    parameters: parameters!([] $($($parameter)+)?),
                    returns: concat!($($returns)?),
                    keeps_documents: false,
                    is_ours: true,
                    comment: concat!($($doc, "\n"),+),
                },
                body: |_, $call| $body,
            } ),+];
            registrar.add_functions(FUNCTIONS);
        }
    };
}

/// Turns `filter?: Document, options?: FIND` into a list of [`Parameter`]s.
macro_rules! parameters {
    (@form method) => { Form::Method };
    (@form property) => { Form::Property };
    ([$($done:expr,)*]) => { &[$($done),*] };
    ([$($done:expr,)*] $name:ident?: $type:ident $(, $($rest:tt)*)?) => {
        parameters!([$($done,)* parameters!(@one $name, $type, true),] $($($rest)*)?)
    };
    ([$($done:expr,)*] $name:ident: $type:ident $(, $($rest:tt)*)?) => {
        parameters!([$($done,)* parameters!(@one $name, $type, false),] $($($rest)*)?)
    };
    (@one $name:ident, $type:ident, $optional:literal) => {
        $crate::api::call::signature::Parameter {
            name: stringify!($name),
            value_type: $crate::api::call::value_type::ValueType::$type,
            is_optional: $optional,
        }
    };
}

macro_rules! keeps_documents {
    () => {
        false
    };
    (keeps_documents) => {
        true
    };
}

pub(crate) use {functions, keeps_documents, methods, parameters};

/// Registers functions with Rhai and collects their signatures.
#[derive(Default)]
pub struct Registrar {
    pub module: Module,
    signatures: Vec<&'static Signature>,
    handles: Vec<TypeId>,
    /// Whether Rhai gets the names of parameters and the help texts. Only readers of the module
    /// need them, and they take a quarter of the time of a start.
    is_documented: bool,
}

impl Registrar {
    pub fn documented() -> Self {
        Self {
            is_documented: true,
            ..Self::default()
        }
    }

    pub fn add_type<T: Variant + Clone>(&mut self, label: &str, methods: &'static [Method]) {
        self.module.set_custom_type::<T>(label);
        let handle = TypeId::of::<T>();
        if !self.handles.contains(&handle) {
            self.handles.push(handle);
        }
        for method in methods {
            self.add(method, Some(handle));
        }
    }

    pub fn add_functions(&mut self, functions: &'static [Method]) {
        for function in functions {
            self.add(function, None);
        }
    }

    pub fn finish(mut self) -> FunctionLibrary {
        self.module.build_index();
        FunctionLibrary {
            module: Shared::new(self.module),
            signatures: self.signatures,
            handles: self.handles,
        }
    }

    /// Registers a function once for each possible number of arguments.
    fn add(&mut self, method: &'static Method, receiver: Option<TypeId>) {
        let signature = &method.signature;
        self.signatures.push(signature);
        for count in signature.required()..=signature.parameters.len() {
            let mut types: Vec<TypeId> = receiver.into_iter().collect();
            types.resize(types.len() + count, TypeId::of::<Dynamic>());
            let mut registration = if signature.is_property() {
                FuncRegistration::new_getter(signature.name)
            } else {
                FuncRegistration::new(signature.name)
            };
            if self.is_documented {
                let comments = signature.comment.lines().map(|line| format!("///{line}"));
                registration = registration
                    .with_params_info(params_info(signature, count))
                    .with_comments(comments);
            }
            registration.set_into_module_raw(&mut self.module, types, method.function());
        }
    }
}

/// Returns what Rhai writes into definition files for a call with `count` arguments.
fn params_info(signature: &Signature, count: usize) -> Vec<String> {
    let this = Some(signature.receiver).filter(|label| !label.is_empty());
    let mut info: Vec<String> = this
        .into_iter()
        .map(|label| format!("this: {label}"))
        .collect();
    let parameters = &signature.parameters[..count];
    info.extend(parameters.iter().map(|parameter| {
        let Parameter {
            name, value_type, ..
        } = parameter;
        format!("{name}: {}", value_type.in_definitions())
    }));
    // Rhai reads one name more than there are parameters as the return type.
    info.extend(Some(signature.returns.to_owned()).filter(|returns| !returns.is_empty()));
    info
}

impl Method {
    fn function(&'static self) -> RhaiFunc {
        let is_method = !self.signature.receiver.is_empty();
        let func = Shared::new(
            move |context: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
                let Some(context) = context else {
                    return Err(Error::invalid_argument(
                        "a function was called without its context",
                    )
                    .into());
                };
                let (this, args) = args.split_at_mut(usize::from(is_method));
                let this = this
                    .first()
                    .map_or(Dynamic::UNIT, |this| this.flatten_clone());
                self.call(&context, &this, args)
            },
        );
        let (has_context, is_pure, is_volatile) = (true, true, true);
        match is_method {
            true => RhaiFunc::Method {
                func,
                has_context,
                is_pure,
                is_volatile,
            },
            false => RhaiFunc::Pure {
                func,
                has_context,
                is_pure,
                is_volatile,
            },
        }
    }

    fn call(
        &'static self,
        context: &NativeCallContext,
        this: &Dynamic,
        args: &mut [&mut Dynamic],
    ) -> std::result::Result<Dynamic, Box<EvalAltResult>> {
        let args = args.iter_mut().map(|arg| arg.take().flatten());
        Call::new(context, &self.signature, args)
            .map_err(Into::into)
            .and_then(|mut call| {
                let scope = call.begin_recording();
                let done = (self.body)(this, &mut call);
                if let (Some(scope), Err(error)) = (scope, &done) {
                    scope.fail(error.kind());
                }
                done
            })
            .map_err(|error| error.thrown(context))
    }
}

/// Returns the value that a method was called on.
///
/// # Errors
/// `InvalidArgument` for a value of another type, which Rhai does not allow.
pub fn receiver<'a, T: Variant + Clone>(
    this: &'a Dynamic,
    method: &str,
) -> Result<impl std::ops::Deref<Target = T> + use<'a, T>> {
    this.read_lock::<T>().ok_or_else(|| {
        Error::invalid_argument(format!("`{method}` was called on a value of another type"))
    })
}
