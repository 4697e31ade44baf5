//! Running a script's closure on another thread: what tasks and `parallel` have in common.

#![allow(
    deprecated,
    reason = "Rhai marks the stored context as volatile in this way; nothing else calls a closure from another thread"
)]

use std::thread;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext, NativeCallContextStore};

use super::session::Session;
use crate::error::{Error, Kind, Result};
use crate::values::thrown::{RhaiResult, at_call};

/// Stack of a task's thread. It is reserved, and costs memory only where it is used.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Calls the closure with the given arguments.
pub type Caller<'a> = dyn Fn(&[Dynamic]) -> RhaiResult<Dynamic> + 'a;

/// A closure on its way to another thread, with a copy of everything it captured and of the functions it may call.
///
/// Each thread gets an engine of its own: threads that share one wait for each other.
#[derive(Clone)]
pub struct DetachedClosure {
    function: FnPtr,
    session: Session,
    store: NativeCallContextStore,
}

impl DetachedClosure {
    /// The closure, as `session` will run it.
    pub fn new(
        context: &NativeCallContext,
        session: &Session,
        function: &FnPtr,
    ) -> RhaiResult<Self> {
        let mut function = function.clone();
        // A closure shares what it captured with its script, under a lock. A task gets a copy.
        for captured in function.iter_curry_mut() {
            *captured = copied(captured).map_err(|error| at_call(context, error))?;
        }
        let mut store = context.store_data();
        store.global.tag = Dynamic::from(session.clone());
        Ok(Self {
            function,
            session: session.clone(),
            store,
        })
    }

    /// Runs `body` on a thread of its own; it calls the closure as often as it likes.
    ///
    /// # Errors
    /// `Server` where the system gives no thread.
    pub fn spawn(
        self,
        name: &str,
        body: impl FnOnce(&Caller) + Send + 'static,
    ) -> Result<thread::JoinHandle<()>> {
        let engine = self.session.tasks().engine(&self.session)?;
        thread::Builder::new()
            .name(name.to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let context = self.store.create_context(&engine);
                body(&|args| self.call(&context, args));
            })
            .map_err(|error| {
                Error::new(
                    Kind::Server,
                    format!("no thread can be started for a task: {error}"),
                )
                .hint("run fewer tasks at a time")
            })
    }

    fn call(&self, context: &NativeCallContext, args: &[Dynamic]) -> RhaiResult<Dynamic> {
        self.function.call_within_context(context, args.to_vec())
    }
}

/// A copy of a captured value that shares nothing with the script, however deep inside.
fn copied(value: &Dynamic) -> Result<Dynamic> {
    let mut copy = value.flatten_clone();
    if copy.is_shared() {
        return Err(Error::invalid_argument(
            "a variable that the closure captured is being changed at this moment",
        )
        .hint("copy it into a variable of its own before the closure, and use that one"));
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
