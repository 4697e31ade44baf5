//! The script type `Pool`: what a client's connections are doing.

use std::time::{Duration, Instant};

use rhai::plugin::*;
use rhai::{Array, FnPtr};

use crate::api::call::methods;
use crate::api::run::pause::wait;
use crate::api::run::session::Session;
use crate::error::nearest;
use crate::error::{Error, Kind};
use crate::mongo::{self, POOL_EVENT_KINDS, PoolCounts};
use crate::values::codec::convert;
use crate::values::thrown::{RhaiResult, at_call};

/// A client's pools as scripts hold them: the sum over its servers, as it is when it is asked.
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
}

methods! { Pool, "Pool";
    /// The most connections that the pool of one server may have (`max_pool_size`); 0 means without limit.
    ///
    /// ```rhai
    /// assert_eq(client.pool.max_size, 100);
    /// ```
    property max_size(this, _call) -> "integer" {
        Ok(convert::count(this.client.settings().max_pool_size().into()))
    }

    /// The fewest connections that a pool keeps open (`min_pool_size`).
    ///
    /// ```rhai
    /// assert_eq(client.pool.min_size, 0);
    /// ```
    property min_size(this, _call) -> "integer" {
        Ok(convert::count(this.client.settings().min_pool_size().into()))
    }

    /// How many connections there are now, in use or not.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.size >= 1);
    /// ```
    property size(this, _call) -> "integer" {
        Ok(convert::count(this.counts().size))
    }

    /// How many connections are in use now. One is given back a moment after its call returned.
    ///
    /// ```rhai
    /// client.ping();
    /// eventually(2, || client.pool.in_use == 0);
    /// ```
    property in_use(this, _call) -> "integer" {
        Ok(convert::count(this.counts().in_use))
    }

    /// How many connections are open and free now.
    ///
    /// ```rhai
    /// client.ping();
    /// eventually(2, || client.pool.available >= 1);
    /// ```
    property available(this, _call) -> "integer" {
        Ok(convert::count(this.counts().available))
    }

    /// How many calls are waiting for a connection now.
    ///
    /// ```rhai
    /// assert_eq(client.pool.waiting, 0);
    /// ```
    property waiting(this, _call) -> "integer" {
        Ok(convert::count(this.counts().waiting))
    }

    /// How many connections were made so far. They are made when they are needed, not ahead.
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

    /// How many connections were closed so far.
    ///
    /// ```rhai
    /// assert(client.pool.closed <= client.pool.created);
    /// ```
    property closed(this, _call) -> "integer" {
        Ok(convert::count(this.counts().closed))
    }

    /// How often a connection was handed out so far: once at least for every call that was sent.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.checkouts >= 1);
    /// ```
    property checkouts(this, _call) -> "integer" {
        Ok(convert::count(this.counts().checkouts))
    }

    /// How often a pool was emptied because its server was lost.
    ///
    /// ```rhai
    /// assert_eq(client.pool.cleared, 0);
    /// ```
    property cleared(this, _call) -> "integer" {
        Ok(convert::count(this.counts().cleared))
    }

    /// The most connections that were in use at a time.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.max_in_use >= 1);
    /// ```
    property max_in_use(this, _call) -> "integer" {
        Ok(convert::count(this.counts().max_in_use))
    }

    /// How long calls waited for a connection, in milliseconds: `p50` (the median), `p95`, `p99` and `max`.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.wait_ms.max >= client.pool.wait_ms.p50);
    /// ```
    property wait_ms(this, _call) -> "Document" {
        Ok(quantiles(this.client.pool().waits(QUANTILES)))
    }

    /// How long it took until a new connection could be used, in milliseconds: `p50`, `p95`, `p99` and `max`.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.handshake_ms.max > 0.0);
    /// ```
    property handshake_ms(this, _call) -> "Document" {
        Ok(quantiles(this.client.pool().handshakes(QUANTILES)))
    }

    /// The last pool events (16,384 are kept), oldest first: `type` as the specification names it, `at_ms` since the
    /// client was made, `address`, and where it applies `connection_id`, `duration_ms` and `reason`.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.events().some(|e| e.type == "ConnectionCheckedOut"));
    /// ```
    method events(this, _call) -> "Array" {
        let events = this.client.pool().events();
        let documents: Vec<_> = events.iter().map(mongo::PoolEvent::describe).collect();
        Ok(convert::of_documents(&documents)?.into())
    }

    /// Starts the counts, times and events anew. What is open, in use or waiting stays so.
    ///
    /// ```rhai
    /// client.pool.reset();
    /// assert_eq(client.pool.checkouts, 0);
    /// ```
    method reset(this, _call) {
        this.client.pool().reset();
        Ok(Dynamic::UNIT)
    }

    /// The pool in one line.
    ///
    /// ```rhai
    /// print(client.pool);
    /// ```
    method to_string(this, _call) -> "string" {
        let now = this.counts();
        let max = this.client.settings().max_pool_size();
        let text = format!(
            "<pool: {} of {max} connections, {} in use, {} calls waiting>",
            now.size, now.in_use, now.waiting
        );
        Ok(text.into())
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

/// How long the last event may take after the closure returned.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often to look for it.
const LOOK: Duration = Duration::from_millis(5);

#[export_module]
pub mod pool_functions {
    /// Calls the closure and checks which pool events it causes: of the types that are named, exactly these, in this
    /// order. Types that are not named do not count. Gives the closure's value.
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
        let value = function.call_within_context(&ctx, ())?;
        let until = Instant::now() + PATIENCE;
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
                return Err(at_call(&ctx, error.hint("`pool.events()` lists them all")));
            }
            wait(Session::of(&ctx)?.interrupt(), LOOK)?;
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
            let error = Error::invalid_argument(format!("there is no pool event `{name}`"));
            Err(match nearest(&name, POOL_EVENT_KINDS.iter().copied()) {
                Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                None => error.hint(format!("there are {}", POOL_EVENT_KINDS.join(", "))),
            })
        })
        .collect()
}
