//! `print` and `debug`, and how values become text.

use rhai::plugin::*;
use rhai::{Array, Blob, FLOAT, FnPtr, FuncRegistration, INT, ImmutableString, Map, Variant};

use crate::api::run::event::Event;
use crate::api::run::recorded_calls::place_of;
use crate::api::run::run_limits::Exceeded;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::plot::Plot;
use crate::values::thrown::RhaiResult;
use crate::values::{description, show};

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "output", output_functions);
    // For these types Rhai prefers its own functions to a function for any value.
    register_for::<ImmutableString>(module);
    register_for::<char>(module);
    register_for::<bool>(module);
    register_for::<()>(module);
    register_for::<INT>(module);
    register_for::<FLOAT>(module);
    register_for::<f32>(module);
    register_for::<Array>(module);
    register_for::<Map>(module);
    register_for::<Blob>(module);
    register_for::<FnPtr>(module);
    source_for::<Array>(module, "to_string");
    text_for::<Map>(module);
    for_all_debug(module);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod output_functions {
    /// Prints a value: a string as it is, any other value as source code.
    ///
    /// ```rhai
    /// print("hello");
    /// print(#{ n: 1, list: ["a", ()] });
    /// ```
    #[rhai_fn(volatile, pure, return_raw, global)]
    pub fn print(ctx: NativeCallContext, value: &mut Dynamic) -> RhaiResult<ImmutableString> {
        emit_print(&ctx, value)
    }

    /// Prints an empty line.
    ///
    /// ```rhai
    /// print();
    /// ```
    #[rhai_fn(name = "print", volatile, return_raw, global)]
    pub fn print_nothing(ctx: NativeCallContext) -> RhaiResult<ImmutableString> {
        emit_print(&ctx, &Dynamic::UNIT)
    }

    /// Prints a value as source code, strings in quotes, with the number of the current line.
    ///
    /// It is meant for the author of a script, not for its users.
    ///
    /// ```rhai
    /// debug("a text");
    /// ```
    #[rhai_fn(volatile, pure, return_raw, global)]
    pub fn debug(ctx: NativeCallContext, value: &mut Dynamic) -> RhaiResult<ImmutableString> {
        emit_debug(&ctx, value)
    }

    /// Prints the number of the current line.
    ///
    /// ```rhai
    /// debug();
    /// ```
    #[rhai_fn(name = "debug", volatile, return_raw, global)]
    pub fn debug_nothing(ctx: NativeCallContext) -> RhaiResult<ImmutableString> {
        emit_debug(&ctx, &Dynamic::UNIT)
    }

    /// Returns the value as text, as `print` shows it.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1 }.to_string(), "#{ a: 1 }");
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_string(value: &mut Dynamic) -> ImmutableString {
        show::print_text(value).into()
    }

    /// Returns the value as source code, strings in quotes.
    ///
    /// ```rhai
    /// assert_eq("a".to_debug(), "\"a\"");
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_debug(value: &mut Dynamic) -> ImmutableString {
        show::source(value).into()
    }
}

/// Emits the event. Rhai passes the returned text to its own callback, which does nothing, so it is
/// empty.
fn emit_print(ctx: &NativeCallContext, value: &Dynamic) -> RhaiResult<ImmutableString> {
    let event = Event::Print(shown(ctx, value)?);
    emit(ctx, event)
}

fn emit_debug(ctx: &NativeCallContext, value: &Dynamic) -> RhaiResult<ImmutableString> {
    let event = Event::Debug {
        value: shown(ctx, value)?,
        line: ctx.call_position().line(),
    };
    emit(ctx, event)
}

fn emit(ctx: &NativeCallContext, event: Event) -> RhaiResult<ImmutableString> {
    let session = Session::of(ctx)?;
    if let (Event::Print(value), Some(recorder)) = (&event, session.recorder()) {
        recorder.print(&show::print_text(value), place_of(recorder, ctx));
    }
    shown_result(&session, session.emit(event))?;
    Ok(ImmutableString::new())
}

/// Ends the run if its output failed.
pub fn shown_result<T>(session: &Session, result: std::io::Result<T>) -> RhaiResult<T> {
    match result {
        Ok(value) => Ok(value),
        Err(error) if error.kind() == std::io::ErrorKind::QuotaExceeded => {
            let most = session.limits().output.unwrap_or_default();
            Err(session.exceed(Exceeded::Output(most)))
        }
        Err(error) => Err(session.end(ending_of(&error))),
    }
}

/// Returns how a failed write ends the run. A closed pipe is not an error; a full disk is one.
pub fn ending_of(error: &std::io::Error) -> Termination {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Termination::ClosedPipe,
        _ => Termination::OutputFailed(error.to_string()),
    }
}

/// Returns the value itself. A value that is neither BSON nor a plot nor a handle becomes the text
/// of its `to_string`.
pub fn shown(ctx: &NativeCallContext, value: &Dynamic) -> RhaiResult<Dynamic> {
    let value = value.flatten_clone();
    let is_shown = show::has_source(&value) || value.is::<Plot>();
    if !value.is_variant() || is_shown || description::of(&value).is_some() {
        return Ok(value);
    }
    ctx.call_native_fn_raw("to_string", true, &mut [&mut value.clone()])
}

fn register_for<T: Variant + Clone>(module: &mut Module) {
    FuncRegistration::new("print")
        .in_global_namespace()
        .with_volatility(true)
        .with_comments([
            "/// Prints a value: a string as it is, any other value as source code.",
            "///",
            "/// ```rhai",
            "/// print(1);",
            "/// ```",
        ])
        .set_into_module(module, |ctx: NativeCallContext, value: T| {
            emit_print(&ctx, &Dynamic::from(value))
        });
    FuncRegistration::new("debug")
        .in_global_namespace()
        .with_volatility(true)
        .with_comments([
            "/// Prints a value as source code, with the number of the current line.",
            "///",
            "/// ```rhai",
            "/// debug(1);",
            "/// ```",
        ])
        .set_into_module(module, |ctx: NativeCallContext, value: T| {
            emit_debug(&ctx, &Dynamic::from(value))
        });
}

fn for_all_debug(module: &mut Module) {
    source_for::<Array>(module, "to_debug");
    source_for::<Map>(module, "to_debug");
    source_for::<ImmutableString>(module, "to_debug");
    source_for::<char>(module, "to_debug");
    source_for::<FLOAT>(module, "to_debug");
}

/// For maps: an error of Rhai that a script caught has a text of its own.
fn text_for<T: Variant + Clone>(module: &mut Module) {
    FuncRegistration::new("to_string")
        .in_global_namespace()
        .with_purity(true)
        .with_comments([
            "/// Returns the value as source code.",
            "///",
            "/// ```rhai",
            "/// assert_eq([1, \"a\"].to_string(), `[1, \"a\"]`);",
            "/// ```",
        ])
        .set_into_module(module, |value: &mut T| {
            ImmutableString::from(show::print_text(&Dynamic::from(value.clone())))
        });
}

fn source_for<T: Variant + Clone>(module: &mut Module, name: &'static str) {
    FuncRegistration::new(name)
        .in_global_namespace()
        .with_purity(true)
        .with_comments([
            "/// Returns the value as source code.",
            "///",
            "/// ```rhai",
            "/// assert_eq([1, \"a\"].to_string(), `[1, \"a\"]`);",
            "/// ```",
        ])
        .set_into_module(module, |value: &mut T| {
            ImmutableString::from(show::source(&Dynamic::from(value.clone())))
        });
}
