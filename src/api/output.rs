//! `print` and `debug`: what a script wants to be seen goes to its session, which knows where to.

use std::io;

use rhai::plugin::{Module, NativeCallContext, combine_with_exported_module, export_module};
use rhai::{Array, Blob, Dynamic, FnPtr, FuncRegistration, ImmutableString, Map, Variant};

use super::ending::Ending;
use super::session::{Event, Session};
use super::thrown::{RhaiResult, at_call};

/// Adds `print` and `debug` to the module of everything scripts see.
pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "output", functions);
    exactly::<ImmutableString>(module);
    exactly::<char>(module);
    exactly::<bool>(module);
    exactly::<()>(module);
    exactly::<f64>(module);
    exactly::<FnPtr>(module);
    exactly::<Array>(module);
    exactly::<Blob>(module);
    exactly::<Map>(module);
}

/// Rhai's own `print` of a type that it knows would be found before ours, and would only make a text.
fn exactly<T: Variant + Clone>(module: &mut Module) {
    FuncRegistration::new("print")
        .set_into_module(module, |context: NativeCallContext, value: T| {
            emit(&context, Event::Print(Dynamic::from(value)))
        });
    FuncRegistration::new("debug").set_into_module(
        module,
        |context: NativeCallContext, value: T| {
            let line = context.call_position().line();
            let value = Dynamic::from(value);
            emit(&context, Event::Debug { value, line })
        },
    );
}

#[export_module]
mod functions {
    /// Prints an empty line.
    ///
    /// ```rhai
    /// print();
    /// ```
    #[rhai_fn(name = "print", volatile, return_raw)]
    pub fn print_nothing(context: NativeCallContext) -> RhaiResult<()> {
        emit(&context, Event::Print("".into()))
    }

    /// Prints a value: a string as its text, everything else as source that can be pasted back.
    ///
    /// ```rhai
    /// print(#{ truck_id: 4 });
    /// ```
    #[rhai_fn(name = "print", volatile, return_raw)]
    pub fn print(context: NativeCallContext, value: Dynamic) -> RhaiResult<()> {
        emit(&context, Event::Print(value))
    }

    /// Shows a value with the line it comes from, on the error stream.
    ///
    /// ```rhai
    /// debug("here");
    /// ```
    #[rhai_fn(name = "debug", volatile, return_raw)]
    pub fn debug(context: NativeCallContext, value: Dynamic) -> RhaiResult<()> {
        let line = context.call_position().line();
        emit(&context, Event::Debug { value, line })
    }
}

fn emit(context: &NativeCallContext, event: Event) -> RhaiResult<()> {
    let session = Session::of(context).map_err(|error| at_call(context, error))?;
    session
        .emit(event)
        .map_err(|error| session.end(ending_of(&error)))
}

/// A reader that has gone is no error; a full disk is one.
pub fn ending_of(error: &io::Error) -> Ending {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ending::ClosedPipe,
        _ => Ending::OutputFailed(error.to_string()),
    }
}
