//! `exit`: ends the script with an exit code.

use rhai::plugin::{Module, NativeCallContext, combine_with_exported_module, export_module};

use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::error::{Error, ExitCode};
use crate::values::thrown::{RhaiResult, at_call};

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "exit", functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
mod functions {
    /// Ends the script with exit code 0.
    ///
    /// The script cannot catch it.
    ///
    /// ```rhai
    /// if args.is_empty() { print("nothing to do"); exit(); }
    /// ```
    #[rhai_fn(name = "exit", volatile, return_raw)]
    pub(super) fn exit(context: NativeCallContext) -> RhaiResult<()> {
        exit_with(context, 0)
    }

    /// Ends the script with an exit code from 0 to 255.
    ///
    /// The script cannot catch it.
    ///
    /// ```rhai
    /// let is_healthy = client.ping() < 60_000.0;
    /// if !is_healthy { exit(4); }
    /// ```
    #[rhai_fn(name = "exit", volatile, return_raw)]
    pub(super) fn exit_with(context: NativeCallContext, code: i64) -> RhaiResult<()> {
        let Ok(code) = u8::try_from(code) else {
            let error = Error::invalid_argument(format!("`exit({code})` is not an exit code"))
                .hint("an exit code is a whole number from 0 to 255");
            return Err(at_call(&context, error));
        };
        let session = Session::of(&context).map_err(|error| at_call(&context, error))?;
        Err(session.end(Termination::Exit(ExitCode(code))))
    }
}
