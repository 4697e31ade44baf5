//! The script type `Pool`: the connections of a client.

use std::fmt;
use std::time::{Duration, Instant};

use rhai::plugin::*;
use rhai::{Array, FnPtr};

use crate::api::call::methods;
use crate::api::run::pause::wait;
use crate::api::run::session::Session;
use crate::error::nearest;
use crate::error::{Error, Kind};
use crate::mongo::{self, POOL_EVENT_KINDS, PoolCounts, PoolEvent};
use crate::values::closure;
use crate::values::codec::convert;
use crate::values::thrown::{RhaiResult, at_call};

/// The connection pools of a client in a script. Its numbers are current sums over all servers.
#[derive(Clone)]
pub struct Pool {
    client: mongo::Client,
}

impl Pool {
    pub fn new(client: mongo::Client) -> Self {
        Self { client }
    }

    fn counts(&self) -> PoolCounts {
        self.client.pool().counts()
    }

    /// Returns the last events, oldest first.
    pub fn events(&self) -> Vec<PoolEvent> {
        self.client.pool().events()
    }

    /// Returns the largest number of connections to one server; 0 means no limit.
    pub fn max(&self) -> u32 {
        self.client.settings().max_pool_size()
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.counts();
        let max = self.max();
        write!(
            f,
            "<pool: {} of {max} connections, {} in use, {} calls waiting>",
            now.size, now.in_use, now.waiting
        )
    }
}

methods! { Pool, "Pool";
    /// Returns the largest number of connections to one server (`max_pool_size`); 0 means no limit.
    ///
    /// ```rhai
    /// assert_eq(client.pool.max_size, 100);
    /// ```
    property max_size(this, _call) -> "integer" {
        Ok(convert::count(this.max().into()))
    }

    /// Returns the number of connections that a pool keeps open at least (`min_pool_size`).
    ///
    /// ```rhai
    /// assert_eq(client.pool.min_size, 0);
    /// ```
    property min_size(this, _call) -> "integer" {
        Ok(convert::count(this.client.settings().min_pool_size().into()))
    }

    /// Returns the current number of connections, in use or not.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.size >= 1);
    /// ```
    property size(this, _call) -> "integer" {
        Ok(convert::count(this.counts().size))
    }

    /// Returns the number of connections that are in use.
    ///
    /// A connection returns to the pool shortly after its call has returned.
    ///
    /// ```rhai
    /// client.ping();
    /// eventually(2, || client.pool.in_use == 0);
    /// ```
    property in_use(this, _call) -> "integer" {
        Ok(convert::count(this.counts().in_use))
    }

    /// Returns the number of connections that are open and not in use.
    ///
    /// ```rhai
    /// client.ping();
    /// eventually(2, || client.pool.available >= 1);
    /// ```
    property available(this, _call) -> "integer" {
        Ok(convert::count(this.counts().available))
    }

    /// Returns the number of operations in the wait queue.
    ///
    /// ```rhai
    /// assert_eq(client.pool.waiting, 0);
    /// ```
    property waiting(this, _call) -> "integer" {
        Ok(convert::count(this.counts().waiting))
    }

    /// Returns the number of connections that were created so far.
    ///
    /// A pool creates a connection when an operation needs it.
    ///
    /// ```rhai
    /// let other = connect(#{ app_name: "other" });
    /// assert_eq(other.pool.created, 0);
    /// other.ping();
    /// assert_eq(other.pool.created, 1);
    /// ```
    property created(this, _call) -> "integer" {
        Ok(convert::count(this.counts().created))
    }

    /// Returns the number of connections that were closed so far.
    ///
    /// ```rhai
    /// assert(client.pool.closed <= client.pool.created);
    /// ```
    property closed(this, _call) -> "integer" {
        Ok(convert::count(this.counts().closed))
    }

    /// Returns the number of checkouts so far: at least one for each operation that was sent.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.checkouts >= 1);
    /// ```
    property checkouts(this, _call) -> "integer" {
        Ok(convert::count(this.counts().checkouts))
    }

    /// Returns how often a pool was cleared because its server was lost.
    ///
    /// ```rhai
    /// assert_eq(client.pool.cleared, 0);
    /// ```
    property cleared(this, _call) -> "integer" {
        Ok(convert::count(this.counts().cleared))
    }

    /// Returns the largest number of connections that were in use at the same time.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.max_in_use >= 1);
    /// ```
    property max_in_use(this, _call) -> "integer" {
        Ok(convert::count(this.counts().max_in_use))
    }

    /// Returns how long operations waited for a connection, in milliseconds: a Document with `p50`
    /// (the median), `p95`, `p99` and `max`.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.wait_ms.max >= client.pool.wait_ms.p50);
    /// ```
    property wait_ms(this, _call) -> "Document" {
        Ok(quantiles(this.client.pool().waits(QUANTILES)))
    }

    /// Returns how long it took to open a connection until it could be used, in milliseconds: a
    /// Document with `p50`, `p95`, `p99` and `max`.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.handshake_ms.max > 0.0);
    /// ```
    property handshake_ms(this, _call) -> "Document" {
        Ok(quantiles(this.client.pool().handshakes(QUANTILES)))
    }

    /// Returns the last pool events, oldest first, up to 16,384 of them.
    ///
    /// Each is a Document with `type` (the name in the specification), `at_ms` (milliseconds since
    /// the client was created) and `address`, and with `connection_id`, `duration_ms` and `reason`
    /// if the event has them.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.events().some(|e| e.type == "ConnectionCheckedOut"));
    /// ```
    method events(this, _call) -> "Array" {
        let documents: Vec<_> = this.events().iter().map(PoolEvent::describe).collect();
        Ok(convert::of_documents(&documents)?.into())
    }

    /// Resets the counts, the times and the events.
    ///
    /// The numbers of open and used connections and of waiting operations do not change.
    ///
    /// ```rhai
    /// client.pool.reset();
    /// assert_eq(client.pool.checkouts, 0);
    /// ```
    method reset(this, _call) {
        this.client.pool().reset();
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the pool.
    ///
    /// ```rhai
    /// print(client.pool);
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }
}

const QUANTILES: &[f64] = &[0.5, 0.95, 0.99, 1.0];

fn quantiles(times: Option<Vec<Duration>>) -> Dynamic {
    let times = times.unwrap_or_else(|| vec![Duration::ZERO; QUANTILES.len()]);
    let ms = |index: usize| Dynamic::from_float(times[index].as_secs_f64() * 1000.0);
    Dynamic::from(convert::of_pairs([
        ("p50", ms(0)),
        ("p95", ms(1)),
        ("p99", ms(2)),
        ("max", ms(3)),
    ]))
}

/// Registers `expect_events`.
pub fn register_functions(module: &mut Module) {
    combine_with_exported_module!(module, "pool", pool_functions);
}

/// How long to wait for the last event after the closure has returned.
const EVENT_TIMEOUT: Duration = Duration::from_secs(2);
/// How often to check the events.
const CHECK_EVERY: Duration = Duration::from_millis(5);

#[export_module]
pub mod pool_functions {
    /// Calls the closure, checks which pool events it causes, and returns its value.
    ///
    /// The events of the given types must occur exactly in this order; events of other types are
    /// ignored. Throws `AssertionFailed` if they differ.
    ///
    /// ```rhai
    /// let other = connect(#{ app_name: "other" });
    /// expect_events(other.pool, ["ConnectionCreated", "ConnectionReady"], || other.ping());
    /// expect_events(other.pool, ["ConnectionCheckedOut"], || other.ping());
    /// ```
    #[rhai_fn(volatile, return_raw, global)]
    pub fn expect_events(
        ctx: NativeCallContext,
        pool: Pool,
        types: Array,
        function: FnPtr,
    ) -> RhaiResult<Dynamic> {
        let expected = names(types).map_err(|error| at_call(&ctx, error))?;
        let monitor = pool.client.pool();
        let first = monitor.next_event();
        let value = closure::call(&ctx, &function, [])?;
        let until = Instant::now() + EVENT_TIMEOUT;
        loop {
            let mut seen = monitor.kinds_since(first);
            seen.retain(|kind| expected.iter().any(|name| name == kind));
            if seen == expected {
                return Ok(value);
            }
            if Instant::now() >= until || seen.len() > expected.len() {
                let message =
                    format!("expected the pool events {expected:?}, but there were {seen:?}");
                let error = Error::new(Kind::AssertionFailed, message);
                return Err(at_call(
                    &ctx,
                    error.hint("`pool.events()` returns all events"),
                ));
            }
            wait(&Session::of(&ctx)?, CHECK_EVERY)?;
        }
    }
}

fn names(types: Array) -> crate::error::Result<Vec<String>> {
    types
        .into_iter()
        .map(|name| {
            let name = name.to_string();
            if POOL_EVENT_KINDS.contains(&name.as_str()) {
                return Ok(name);
            }
            let error = Error::invalid_argument(format!("unknown pool event `{name}`"));
            Err(match nearest(&name, POOL_EVENT_KINDS.iter().copied()) {
                Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                None => error.hint(format!(
                    "the pool events are {}",
                    POOL_EVENT_KINDS.join(", ")
                )),
            })
        })
        .collect()
}
