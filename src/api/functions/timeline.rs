//! The functions of `timeline::*`, which name moments and parts of a script in its timeline, and
//! show it.

use rhai::FnPtr;
use rhai::plugin::*;

use super::plots;
use crate::api::handles::plot::Plot;
use crate::api::run::recorded_calls::recorded;
use crate::error::Error;
use crate::values::thrown::{RhaiResult, at_call};

pub fn module() -> Module {
    let mut module = exported_module!(timeline_functions);
    module
        .set_doc("//! Names for moments and parts of a script, which a timeline of the run shows, and its picture.");
    module.build_index();
    module
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod timeline_functions {
    /// Marks this moment in the timeline of the run.
    ///
    /// If the run is not recorded, it does nothing. `seaworthy run FILE --timeline OUT` records a
    /// run.
    ///
    /// ```rhai
    /// timeline::mark("the stock is empty");
    /// ```
    #[rhai_fn(volatile)]
    pub fn mark(ctx: NativeCallContext, text: &str) {
        if let Some((recorder, place)) = recorded(&ctx) {
            recorder.mark(text, place);
        }
    }

    /// Calls the closure, returns its value, and shows it in the timeline of the run as a part with
    /// this name.
    ///
    /// ```rhai
    /// let count = timeline::span("count", || db.fruit.count_documents());
    /// assert_eq(count, 0);
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn span(ctx: NativeCallContext, name: &str, function: FnPtr) -> RhaiResult<Dynamic> {
        let Some((recorder, place)) = recorded(&ctx) else {
            return function.call_within_context(&ctx, ());
        };
        let begin = recorder.now();
        let done = function.call_within_context(&ctx, ());
        recorder.span(name, place, begin);
        done
    }

    /// Returns a picture of what the run has done up to now, a Plot: the calls of each task, the
    /// commands of each client, and the faults.
    ///
    /// Lessons, exercises and tests are always recorded, other runs with `--timeline`. If the run is
    /// not recorded, it throws `InvalidArgument`. `--timeline OUT.html` shows more: the pools, the
    /// members and the script.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ type: "fig" });
    /// try {
    ///     display(timeline::plot());
    /// } catch (err) {
    ///     print(err.hint); // the run is not recorded
    /// }
    /// ```
    #[rhai_fn(volatile, return_raw)]
    pub fn plot(ctx: NativeCallContext) -> RhaiResult<Plot> {
        let Some((recorder, _)) = recorded(&ctx) else {
            let error = Error::invalid_argument("`timeline::plot` needs a run that is recorded")
                .hint("`seaworthy run FILE --timeline OUT.html` records a run");
            return Err(at_call(&ctx, error));
        };
        Ok(plots::of_recording(&recorder.recording()))
    }
}
