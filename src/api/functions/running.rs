//! `background`, `parallel` and `retry`: run closures on other threads, many times, or again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rhai::plugin::*;
use rhai::{Array, FnPtr, INT};

use crate::api::call::methods::{Registrar, functions};
use crate::api::handles::task::Task;
use crate::api::run::detached_closure::DetachedClosure;
use crate::api::run::pause::wait;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::api::run::termination::stopped;
use crate::error::{Error, Kind, Result};
use crate::mongo::{CallOptions, StopReason};
use crate::values::closure;
use crate::values::thrown::{RhaiResult, at_call, catchable, innermost};

pub fn register(registrar: &mut Registrar) {
    combine_with_exported_module!(&mut registrar.module, "running", running_functions);
    register_functions(registrar);
}

#[export_module]
pub mod running_functions {
    /// Starts the closure as a task on another thread and returns the Task: `join`, `stop`,
    /// `is_done`.
    ///
    /// The closure gets a copy of the variables it captured. Tasks end when the script ends. If a
    /// task fails and the script does not join it, the script fails.
    ///
    /// ```rhai
    /// let fruit = db.fruit;
    /// let task = background(|| fruit.insert_one(#{ type: "apple" }));
    /// task.join();
    /// assert_eq(fruit.count_documents(), 1);
    /// ```
    #[rhai_fn(volatile, return_raw, global)]
    pub fn background(ctx: NativeCallContext, function: FnPtr) -> RhaiResult<Task> {
        Task::start(&ctx, &function)
    }

    /// Calls the closure with 0, 1, … `count - 1` and returns the results in this order.
    ///
    /// `at_once` calls run at the same time. The first error stops the other calls and is thrown.
    ///
    /// ```rhai
    /// assert_eq(parallel(4, 2, |i| i * i), [0, 1, 4, 9]);
    /// ```
    #[rhai_fn(volatile, return_raw, global)]
    pub fn parallel(
        ctx: NativeCallContext,
        count: INT,
        at_once: INT,
        function: FnPtr,
    ) -> RhaiResult<Array> {
        let (count, at_once) = counts(count, at_once).map_err(|error| at_call(&ctx, error))?;
        run_parallel(&ctx, count, at_once, &function)
    }
}

functions! {
    /// Calls the closure until it throws no error, and returns its value.
    ///
    /// After the last attempt the error is thrown. `delay_ms` is the pause before the second
    /// attempt, `backoff` is the factor by which each later pause grows, and `kinds` are the kinds
    /// of errors after which it tries again.
    ///
    /// ```rhai
    /// let calls = 0;
    /// let answer = retry(#{ attempts: 3, delay_ms: 1, kinds: ["Thrown"] }, || {
    ///     calls += 1;
    ///     if calls < 3 { throw "not yet" }
    ///     42
    /// });
    /// assert_eq(answer, 42);
    /// ```
    function retry(call, options: RETRY, function: Function) {
        let plan = Plan::of(call.options()?)?;
        let function = call.function()?;
        Ok(plan.run(call.context, &function)?)
    }
}

fn counts(count: INT, at_once: INT) -> Result<(usize, usize)> {
    let whole = |name: &str, value: INT, least: INT| {
        usize::try_from(value)
            .ok()
            .filter(|_| value >= least)
            .ok_or_else(|| {
                Error::invalid_argument(format!("`{name}` of `parallel` is {value}"))
                    .hint("for example `parallel(200, 16, |i| …)`: 200 calls, 16 at a time")
            })
    };
    Ok((whole("count", count, 0)?, whole("at_once", at_once, 1)?))
}

/// Whether a call was only stopped, and its number. The error with the smallest rank is thrown.
type Rank = (bool, usize);

/// The state that the workers of one `parallel` share.
struct Shared {
    next: AtomicUsize,
    count: usize,
    results: Mutex<Vec<Option<Dynamic>>>,
    /// The error with the smallest rank, so that every run throws the same one. Calls that were
    /// only stopped because of another error come last.
    error: Mutex<Option<(Rank, Box<EvalAltResult>)>>,
    /// Set if one of the calls ended the run, for example with `exit`.
    ending: Mutex<Option<Termination>>,
}

fn run_parallel(
    ctx: &NativeCallContext,
    count: usize,
    at_once: usize,
    function: &FnPtr,
) -> RhaiResult<Array> {
    let parent = Session::of(ctx)?;
    let workers = at_once.min(count);
    parent.check_tasks(workers)?;
    let _counted = parent.tasks().count_workers(workers);
    // All workers share one interrupt: the first error stops the calls of the others.
    let session = parent.for_workers();
    let shared = Arc::new(Shared {
        next: AtomicUsize::new(0),
        count,
        results: Mutex::new(vec![None; count]),
        error: Mutex::new(None),
        ending: Mutex::new(None),
    });
    let mut workers = Vec::new();
    for _ in 0..at_once.min(count) {
        let (shared, own) = (Arc::clone(&shared), session.with_own_random());
        let worker = DetachedClosure::new(ctx, &own, function).and_then(|closure| {
            Ok(closure.spawn("parallel", move |call| shared.work(&own, call))?)
        });
        match worker {
            Ok(worker) => workers.push(worker),
            Err(error) => {
                session.interrupt().stop(StopReason::Ended);
                workers.into_iter().for_each(|worker| drop(worker.join()));
                return Err(error);
            }
        }
    }
    let waiting = parent.waits().begin();
    for worker in workers {
        drop(worker.join());
    }
    drop(waiting);
    if let Some(stop) = parent.interrupt().stopped_by_now() {
        return Err(stopped(stop));
    }
    let ending = lock(&shared.ending).take();
    if let Some(ending) = ending {
        return Err(parent.end(ending));
    }
    let error = lock(&shared.error).take();
    if let Some((_, error)) = error {
        return Err(error);
    }
    let results = std::mem::take(&mut *lock(&shared.results));
    Ok(results.into_iter().flatten().collect())
}

impl Shared {
    fn work(&self, session: &Session, call: &crate::api::run::detached_closure::Caller) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.count || session.interrupt().stopped().is_some() {
                return;
            }
            // The random values depend on the number of the call, not on the worker that makes it.
            session.random().restart(number as u64);
            let result = call(&[Dynamic::from_int(number as INT)]);
            match session.run_state().take_failed_task().map_or(result, Err) {
                Ok(value) => lock(&self.results)[number] = Some(value.flatten()),
                Err(error) => {
                    self.fail(number, error, session.run_state().own_ending());
                    session.interrupt().stop(StopReason::Ended);
                    return;
                }
            }
        }
    }

    fn fail(&self, number: usize, error: Box<EvalAltResult>, ending: Option<Termination>) {
        if let Some(ending) = ending {
            lock(&self.ending).get_or_insert(ending);
        }
        let rank = (was_stopped(&error), number);
        let mut first = lock(&self.error);
        if first.as_ref().is_none_or(|(earlier, _)| rank < *earlier) {
            *first = Some((rank, error));
        }
    }
}

/// Returns whether a call was stopped from outside.
fn was_stopped(error: &EvalAltResult) -> bool {
    match error.unwrap_inner() {
        EvalAltResult::ErrorTerminated(token, _) => token
            .read_lock::<Termination>()
            .is_some_and(|ending| matches!(*ending, Termination::Stopped(_))),
        _ => false,
    }
}

/// How often and when `retry` tries again.
struct Plan {
    attempts: u64,
    delay: Duration,
    backoff: f64,
    kinds: Option<Vec<String>>,
}

impl Plan {
    fn of(mut options: CallOptions) -> Result<Self> {
        let attempts: Option<u64> =
            options.take_as("attempts", "a number of attempts, 1 or more")?;
        let plan = Self {
            attempts: attempts.unwrap_or(5),
            delay: options
                .take_ms("delay_ms")?
                .unwrap_or(Duration::from_millis(50)),
            backoff: options
                .take_as::<f64>("backoff", "a factor such as 2.0")?
                .unwrap_or(2.0),
            kinds: options.take_as("kinds", "an array of kinds such as `[errors::Network]`")?,
        };
        if plan.attempts == 0 || plan.backoff.is_nan() || plan.backoff < 0.0 {
            return Err(Error::invalid_argument(
                "`retry` needs at least 1 attempt and a `backoff` that is not negative",
            ));
        }
        plan.check_kinds()?;
        Ok(plan)
    }

    fn check_kinds(&self) -> Result<()> {
        for name in self.kinds.iter().flatten() {
            let known =
                Kind::from_name(name).is_some() || matches!(name.as_str(), "Script" | "Thrown");
            if !known {
                let names = Kind::ALL.iter().map(|kind| kind.name());
                let error = Error::invalid_argument(format!("there is no error kind `{name}`"));
                return Err(match crate::error::nearest(name, names) {
                    Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                    None => error.hint("use `errors::` and the name of a kind"),
                });
            }
        }
        Ok(())
    }

    fn run(&self, ctx: &NativeCallContext, function: &FnPtr) -> RhaiResult<Dynamic> {
        let session = Session::of(ctx)?;
        let mut delay = self.delay;
        for _ in 1..self.attempts {
            match closure::call(ctx, function, []) {
                Err(error) if self.tries_again(&error) => drop(catchable(error)?),
                done => return done,
            }
            wait(&session, delay)?;
            let next = delay.as_secs_f64() * self.backoff;
            delay = Duration::try_from_secs_f64(next).unwrap_or(Duration::MAX);
        }
        closure::call(ctx, function, [])
    }

    fn tries_again(&self, error: &EvalAltResult) -> bool {
        let EvalAltResult::ErrorRuntime(value, _) = innermost(error) else {
            return self.names("Script") && error.is_catchable();
        };
        match value.read_lock::<Error>() {
            Some(error) => match &self.kinds {
                Some(_) => self.names(error.kind().name()),
                None => error.is_retryable() || error.is_network(),
            },
            None => self.names("Thrown"),
        }
    }

    fn names(&self, kind: &str) -> bool {
        self.kinds.iter().flatten().any(|name| name == kind)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
