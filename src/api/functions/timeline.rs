//! The functions of `timeline::*`, which name moments and parts of a script in its timeline.

use rhai::FnPtr;
use rhai::plugin::*;

use crate::api::run::recorded_calls::recorded;
use crate::values::thrown::RhaiResult;

pub fn module() -> Module {
    let mut module = exported_module!(timeline_functions);
    module
        .set_doc("//! Names for moments and parts of a script. A timeline of the run shows them.");
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
}
