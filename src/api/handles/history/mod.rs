//! The script type `History`: what tasks did, and whether it can be explained.

pub mod change_events;
mod recording;
mod report;
pub mod value_numbers;
mod verdict_document;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Array, Dynamic};

use crate::api::call::methods;
use crate::api::call::methods::{Registrar, functions};
use crate::api::run::pause::duration;
use crate::error::{Error, Result};
use crate::history::{self, Action, Limits, Operation, Recorder};
use crate::mongo::CallError;
use crate::values::codec::convert;
use crate::values::set::Set;
use crate::values::type_name;
use value_numbers::ValueNumbers;

/// How long `check` may take by default.
const WITHIN: Duration = Duration::from_secs(5);

/// A history in a script. Copies refer to the same history, also in other tasks.
#[derive(Clone, Default)]
pub struct History {
    recorder: Arc<Recorder>,
    values: Arc<ValueNumbers>,
}

impl History {
    pub fn operations(&self) -> Vec<Operation> {
        self.recorder.operations()
    }

    /// Returns the moment from which the times of operations count.
    pub fn start(&self) -> Instant {
        self.recorder.start()
    }
}

/// Registers the type and `history`.
pub fn register_all(registrar: &mut Registrar) {
    register(registrar);
    register_functions(registrar);
}

functions! {
    /// Returns an empty History: a record of what all tasks wrote and read, and a judge of it.
    ///
    /// Run each operation through it. `check` then decides whether what was read can be explained,
    /// although some operations failed and some have an unknown outcome.
    ///
    /// ```rhai
    /// let h = history();
    /// let stock = db.stock;
    /// h.write("apples", 5, || stock.insert_one(#{ _id: "apples", pieces: 5 }));
    /// h.read("apples", || stock.find_one("apples").pieces);
    /// assert(h.check("register").valid);
    /// ```
    function history(_call) -> "History" {
        Ok(Dynamic::from(History::default()))
    }
}

methods! { History, "History";
    /// Calls the closure, which writes `value` to `key`, and records the outcome.
    ///
    /// It returns the value of the closure and throws its error. The outcome is `"ok"`, `"failed"`
    /// (surely not applied) or `"unknown"` (perhaps applied: a lost connection, a timeout, a
    /// primary that stepped down). With `keep_going: true` an unknown outcome is recorded and not
    /// thrown; `write` then returns `()`.
    ///
    /// If the closure retries, the outcome is that of its last attempt. So retry around `write`, not
    /// inside it. Give each write of a key its own value: then a checker can tell the writes apart.
    ///
    /// ```rhai
    /// let h = history();
    /// let stock = db.stock;
    /// h.write("apples", 5, || stock.insert_one(#{ _id: "apples", pieces: 5 }));
    /// assert_eq(h.events()[0].outcome, "ok");
    /// ```
    method write(this, call, key: Any, value: Any, function: Function, options?: RECORD) {
        let key = this.number(call.arg())?;
        let value = this.number(call.arg())?;
        this.record_write(call, Action::Write { key, value })
    }

    /// Calls the closure, which returns the value of `key`, and records it.
    ///
    /// The closure returns the value itself, not the whole document, or `()` if there is none. An
    /// error of the closure is recorded and thrown.
    ///
    /// ```rhai
    /// let h = history();
    /// let stock = db.stock;
    /// assert_eq(h.read("apples", || stock.find_one("apples")), ());
    /// ```
    method read(this, call, key: Any, function: Function) {
        let key = this.number(call.arg())?;
        let action = Action::Read { key, value: None };
        this.record_read(call, action, |value| {
            let value = this.values.number(value)?;
            Ok(Action::Read { key, value: Some(value) })
        })
    }

    /// Calls the closure, which adds `element` to `set`, and records the outcome.
    ///
    /// `set` is a name of your choice, for example that of the collection. Values, errors and
    /// `keep_going` are as in `write`. Give each element a value of its own, such as an `_id`.
    ///
    /// ```rhai
    /// let h = history();
    /// let orders = db.orders;
    /// for number in 0..3 { h.add("orders", number, || orders.insert_one(#{ _id: number })); }
    /// assert_eq(h.len, 3);
    /// ```
    method add(this, call, set: Any, element: Any, function: Function, options?: RECORD) {
        let set = this.number(call.arg())?;
        let element = this.number(call.arg())?;
        this.record_write(call, Action::Add { set, element })
    }

    /// Calls the closure, which returns all elements of `set` as an array or a Set, and records
    /// them.
    ///
    /// ```rhai
    /// let h = history();
    /// let orders = db.orders;
    /// h.add("orders", 1, || orders.insert_one(#{ _id: 1 }));
    /// h.read_set("orders", || orders.distinct("_id"));
    /// assert(h.check("set").valid);
    /// ```
    method read_set(this, call, set: Any, function: Function) {
        let set = this.number(call.arg())?;
        let action = Action::ReadSet { set, elements: None };
        this.record_read(call, action, |value| {
            let elements = elements(value)?;
            let numbers = elements.iter().map(|value| this.values.number(value));
            let elements = numbers.collect::<Result<Vec<_>>>()?;
            Ok(Action::ReadSet { set, elements: Some(elements.into()) })
        })
    }

    /// Returns all operations, in the order in which they began.
    ///
    /// Each is a Document with `task` (the number of the task), `operation` (`"write"`, `"read"`,
    /// `"add"` or `"read_set"`), `key` and `value`, or `set` and `element` or `elements`, and with
    /// `begin_ms`, `end_ms`, `outcome` and the kind of the `error`. A field that does not apply is
    /// missing.
    ///
    /// ```rhai
    /// let h = history();
    /// h.read("apples", || 5);
    /// assert_eq(h.events()[0].value, 5);
    /// ```
    method events(this, _call) -> "Array" {
        let operations = this.recorder.operations();
        let documents = operations.iter().map(|operation| this.event(operation));
        Ok(documents.collect::<Array>().into())
    }

    /// Returns the number of operations, also of those that still run.
    ///
    /// ```rhai
    /// assert_eq(history().len, 0);
    /// ```
    property len(this, _call) -> "integer" {
        Ok(convert::count(this.recorder.len() as u64))
    }

    /// Judges the history and returns a Document with the verdict.
    ///
    /// - `"register"` looks at `write` and `read`. For each key there must be one order of all
    ///   operations that explains what the reads returned (linearizability). Each operation takes
    ///   effect at one moment while it runs. A write of unknown outcome takes effect later, or
    ///   never. A key has no value before its first write.
    /// - `"set"` looks at `add` and `read_set`. Every read must return each element that was
    ///   acknowledged, or returned by another read, before it began. So read the set at the end.
    /// - `"stream"` looks at `write` and `add`. `events` are the events of a change stream. Each
    ///   acknowledged change must be there once, in order. An event belongs to an `add` if the
    ///   `_id` of its document is the element, and to a `write` if the `_id` is the key and a
    ///   changed field has the value. Instead of events you can pass elements and `[key, value]`
    ///   pairs.
    ///
    /// `valid` is `true`, `false`, or `()` if `decided` is `false`; then `reason` says why. A search
    /// ends after `within` seconds. The values that break the rules are in `lost` (acknowledged or
    /// seen, and missing until the end), `unexpected` (not written, or surely not applied),
    /// `duplicated`, `stale` (an older state was read after a newer one was acknowledged) and
    /// `out_of_order`. In the register check they are Documents with `key` and `value`. `recovered`
    /// values are allowed: their outcome was unknown, and they are there. `counterexample` is the
    /// smallest part of the history that cannot be explained, as in `events()`. `report` is a text
    /// for people. `operations` is the number of operations judged, `ms` how long it took.
    ///
    /// ```rhai
    /// let h = history();
    /// h.add("orders", 1, || "acknowledged");
    /// h.read_set("orders", || []);
    /// let verdict = h.check("set");
    /// assert_eq([verdict.valid, verdict.lost], [false, [1]]);
    /// print(verdict.report);
    /// ```
    method check(this, call, kind: HISTORY_CHECK, events?: Array, options?: CHECK_HISTORY) -> "Document" {
        let kind = call.text()?.to_lowercase();
        let events = call.arg().and_then(|events| events.try_cast::<Array>());
        let within: Option<f64> = call.options()?.take_as("within", "a number of seconds")?;
        let within = within.map_or(Ok(WITHIN), |seconds| duration("check", seconds))?;
        let start = Instant::now();
        let operations = this.recorder.operations();
        let interrupt = call.session.interrupt();
        let is_stopped = || interrupt.stopped_by_now().is_some();
        let verdict = match (kind.as_str(), events) {
            ("stream", None) => return Err(no_events().into()),
            ("stream", Some(events)) => {
                let changes = change_events::changes(&events, &this.values)?;
                history::check_stream(&operations, &changes)
            }
            (_, Some(events)) if !events.is_empty() => {
                return Err(surplus_events(&kind).into());
            }
            ("set", _) => history::check_set(&operations),
            _ => history::check_register(&operations, &Limits::new(within, &is_stopped)),
        };
        if let Some(stop) = interrupt.stopped_by_now() {
            return Err(CallError::from(stop).into());
        }
        Ok(this.describe(&kind, &operations, &verdict, start.elapsed()))
    }

    /// Returns a short description of the history.
    ///
    /// ```rhai
    /// assert_eq(history().to_string(), "<history, 0 operations>");
    /// ```
    method to_string(this, _call) -> "string" {
        let count = this.recorder.len();
        let unit = if count == 1 { "operation" } else { "operations" };
        Ok(format!("<history, {count} {unit}>").into())
    }
}

fn no_events() -> Error {
    Error::invalid_argument("`check(\"stream\")` needs the events of a change stream")
        .hint("for example `h.check(\"stream\", stream.take(10, 5))`")
}

fn surplus_events(kind: &str) -> Error {
    Error::invalid_argument(format!("`check(\"{kind}\")` takes no events"))
        .hint("only `check(\"stream\", events)` looks at events")
}

/// Returns what a closure of `read_set` returned, as an array.
fn elements(value: &Dynamic) -> Result<Array> {
    if let Some(set) = value.read_lock::<Set>() {
        return Ok(set.iter().cloned().collect());
    }
    value.clone().try_cast::<Array>().ok_or_else(|| {
        let found = type_name::of(value);
        Error::invalid_argument(format!("it is {found}, expected an array"))
            .hint("for example `|| orders.distinct(\"_id\")`")
    })
}
