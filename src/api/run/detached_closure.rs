//! Runs a script's closure on another thread, for tasks and `parallel`.

#![allow(
    deprecated,
    reason = "Rhai marks the stored context as volatile in this way; nothing else calls a closure from another thread"
)]

use std::thread;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext, NativeCallContextStore};

use super::output_origin;
use super::recorded_calls::place_of;
use super::session::Session;
use crate::error::{Error, Kind, Result};
use crate::record::{Place, enter_task};
use crate::values::closure;
use crate::values::thrown::{RhaiResult, at_call};

/// The stack of a task's thread. It is only reserved: memory is used when it is needed.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Calls the closure with the given arguments.
pub type Caller<'a> = dyn Fn(&[Dynamic]) -> RhaiResult<Dynamic> + 'a;

/// A closure for another thread, with copies of its captured variables and of the functions it may
/// call.
///
/// Each thread has its own engine: threads that share one wait for each other.
#[derive(Clone)]
pub struct DetachedClosure {
    function: FnPtr,
    session: Session,
    store: NativeCallContextStore,
    /// The place of the call that starts the thread, if the run is recorded.
    place: Option<Place>,
}

impl DetachedClosure {
    /// Returns the closure for use in `session`.
    pub fn new(
        context: &NativeCallContext,
        session: &Session,
        function: &FnPtr,
    ) -> RhaiResult<Self> {
        let mut function = function.clone();
        // A closure shares its captured variables with the script, under a lock. A task gets
        // copies.
        for captured in function.iter_curry_mut() {
            *captured = copied(captured).map_err(|error| at_call(context, error))?;
        }
        let mut store = context.store_data();
        store.global.tag = Dynamic::from(session.clone());
        Ok(Self {
            function,
            session: session.clone(),
            store,
            place: session
                .recorder()
                .and_then(|recorder| place_of(recorder, context)),
        })
    }

    /// Runs `body` on a new thread: `kind` is the function that starts it. It may call the closure several times.
    ///
    /// # Errors
    /// `Server` if the system cannot start a thread.
    pub fn spawn(
        self,
        kind: &'static str,
        body: impl FnOnce(&Caller) + Send + 'static,
    ) -> Result<thread::JoinHandle<()>> {
        let engine = self.session.tasks().engine(&self.session)?;
        let origin = output_origin::current();
        thread::Builder::new()
            .name(kind.to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                output_origin::enter(origin);
                let recorder = self.session.recorder().cloned();
                let _task = recorder.map(|recorder| enter_task(recorder, kind, self.place.clone()));
                let context = self.store.create_context(&engine);
                body(&|args| self.call(&context, args));
            })
            .map_err(|error| {
                Error::new(
                    Kind::Server,
                    format!("cannot start a thread for a task: {error}"),
                )
                .hint("run fewer tasks at the same time")
            })
    }

    fn call(&self, context: &NativeCallContext, args: &[Dynamic]) -> RhaiResult<Dynamic> {
        closure::call(context, &self.function, args)
    }
}

/// Returns a copy of a captured value that shares nothing with the script at any depth.
fn copied(value: &Dynamic) -> Result<Dynamic> {
    let mut copy = value.flatten_clone();
    if copy.is_shared() {
        return Err(Error::invalid_argument(
            "a variable that the closure captured is being changed by other code",
        )
        .hint("copy it into a new variable before the closure, and use the new variable"));
    }
    if let Some(array) = copy.read_lock::<Array>() {
        return array
            .iter()
            .map(copied)
            .collect::<Result<Array>>()
            .map(Dynamic::from_array);
    }
    if let Some(mut function) = copy.write_lock::<FnPtr>() {
        for captured in function.iter_curry_mut() {
            *captured = copied(captured)?;
        }
    }
    Ok(copy)
}
