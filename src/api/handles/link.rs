//! The script type `Link`: one direction between two ends of the network of a set.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::network;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::error::Result;
use crate::server::{Direction, Effect, LinkCounts, ReplicaSet};
use crate::values::codec::convert;
use crate::values::document::Document;

/// One direction of the network in a script.
#[derive(Clone)]
pub struct Link {
    set: Arc<ReplicaSet>,
    direction: Direction,
}

impl Link {
    pub(super) fn new(set: &Arc<ReplicaSet>, direction: Direction) -> Self {
        Self {
            set: Arc::clone(set),
            direction,
        }
    }

    /// Starts a fault on this link, with the options that are the next argument.
    fn begin(&self, call: &mut Call, effect: Effect) -> FunctionResult {
        let (from, to) = self.direction;
        let name = format!("link({from}, {to}).{}", call.name());
        network::begin(&self.set, call, effect, vec![self.direction], name)
    }

    fn stats(&self) -> Result<Document> {
        let (total, since_fault) = network::of(&self.set)?.counts(self.direction)?;
        let mut stats = of_counts(&total);
        let since_fault = since_fault.as_ref().map(of_counts);
        stats.set(
            "since_fault",
            since_fault.map_or(Dynamic::UNIT, Dynamic::from),
        )?;
        Ok(stats)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = self.direction;
        write!(f, "<link from {from} to {to}>")
    }
}

fn of_counts(counts: &LinkCounts) -> Document {
    convert::of_pairs([
        ("connections", convert::count(counts.connections)),
        ("refused", convert::count(counts.refused)),
        ("reset", convert::count(counts.reset)),
        ("bytes_in", convert::count(counts.bytes_in)),
        ("bytes_out", convert::count(counts.bytes_out)),
        ("delayed", convert::count(counts.delayed)),
        ("dropped_bytes", convert::count(counts.dropped_bytes)),
    ])
}

methods! { Link, "Link";
    /// Makes everything on the link arrive later, by `ms` and at most `jitter` more or less.
    ///
    /// Faults of different kinds work together. Of two of the same kind, the newer one counts until
    /// it ends. A fault ends after `for_ms`, with `clear` or `heal`, or with the script.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let own = connect(rs);
    /// own.ping();
    /// rs.link("client", rs.primary).latency(50);
    /// assert(timed(|| own.ping()).ms >= 45.0);
    /// ```
    method latency(this, call, ms: Milliseconds, jitter?: Milliseconds, options?: FAULT) {
        let delay = network::milliseconds(call).unwrap_or_default();
        let jitter = network::milliseconds(call).unwrap_or_default();
        this.begin(call, Effect::Latency { delay, jitter })
    }

    /// Limits what all connections of the link carry together, in kilobytes for each second.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let orders = connect(rs).shop.orders;
    /// orders.find_one();
    /// rs.link("client", rs.primary).bandwidth(100);
    /// let text = "x";
    /// text.pad(20_000, "x");
    /// assert(timed(|| orders.insert_one(#{ text: text })).ms >= 150.0);
    /// ```
    method bandwidth(this, call, kb_per_s: Count, options?: FAULT) {
        let kilobytes = network::count(call, "kb_per_s")?;
        this.begin(call, Effect::Bandwidth { bytes_per_second: kilobytes.saturating_mul(1000) })
    }

    /// Lets nothing arrive and closes nothing, as a cut cable does.
    ///
    /// What is sent meanwhile arrives when the fault ends, if both sides are still connected. New
    /// connections wait too.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let orders = connect(rs, #{ timeout_ms: 200 }).shop.orders;
    /// orders.find_one();
    /// rs.link("client", rs.primary).drop();
    /// assert_throws(errors::OperationTimeout, || orders.insert_one(#{ n: 1 }));
    /// rs.heal();
    /// ```
    method drop(this, call, options?: FAULT) {
        this.begin(call, Effect::Drop)
    }

    /// Closes every new connection that `from` opens to `to`. Open connections stay.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let link = rs.link("client", rs.primary);
    /// link.refuse();
    /// let late = connect(rs, #{ server_selection_timeout_ms: 300 });
    /// assert_throws(errors::ServerSelectionTimeout, || late.ping());
    /// eventually(5, || link.stats.since_fault.refused > 0);
    /// ```
    method refuse(this, call, options?: FAULT) {
        this.begin(call, Effect::Refuse)
    }

    /// Closes the connections that `from` has opened to `to`.
    ///
    /// With `for_ms` it also closes, for that time, each connection on which `from` sends something.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let own = connect(rs);
    /// own.ping();
    /// let link = rs.link("client", rs.primary);
    /// link.reset();
    /// eventually(5, || link.stats.since_fault.reset > 0);
    /// ```
    method reset(this, call, options?: FAULT) {
        this.begin(call, Effect::Reset)
    }

    /// Divides what is sent into pieces of this size, and waits before each further piece.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let orders = connect(rs).shop.orders;
    /// orders.find_one();
    /// rs.link("client", rs.primary).slice(20, 5);
    /// orders.insert_one(#{ _id: 1 });
    /// eventually(5, || rs.link("client", rs.primary).stats.delayed > 0);
    /// ```
    method slice(this, call, bytes: Count, delay_ms: Milliseconds, options?: FAULT) {
        let bytes = usize::try_from(network::count(call, "bytes")?).unwrap_or(usize::MAX);
        let pause = network::milliseconds(call).unwrap_or(Duration::ZERO);
        this.begin(call, Effect::Slice { bytes, pause })
    }

    /// Closes each connection after it has carried this many bytes more.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let orders = connect(rs, #{ retry_writes: false }).shop.orders;
    /// orders.find_one();
    /// rs.link("client", rs.primary).limit(50);
    /// assert_throws(errors::Network, || orders.insert_one(#{ n: 1 }));
    /// ```
    method limit(this, call, bytes: Count, options?: FAULT) {
        let bytes = network::count(call, "bytes")?;
        this.begin(call, Effect::Limit { bytes })
    }

    /// Ends all faults on the link, also those of `partition`, `isolate` and `cut`.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let link = rs.link("client", rs.primary);
    /// link.drop(#{ for_ms: 60_000 });
    /// link.clear();
    /// connect(rs).ping();
    /// ```
    method clear(this, _call) {
        network::of(&this.set)?.clear(this.direction);
        Ok(Dynamic::UNIT)
    }

    /// Returns what has happened on the link, so that a script can prove that a fault acted.
    ///
    /// `connections` (opened by `from`), `refused`, `reset` (closed by a fault), `bytes_in` (sent by
    /// `from`), `bytes_out` (arrived at `to`), `delayed` (pieces that arrived later), and
    /// `dropped_bytes` (held back). `since_fault` has the same counts since the newest fault of the
    /// link started; it is `()` if there was none. The link in the other direction carries the
    /// replies.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// connect(rs).ping();
    /// let stats = rs.link("client", rs.primary).stats;
    /// assert(stats.connections > 0 && stats.bytes_in > 0);
    /// assert_eq(stats.since_fault, ());
    /// ```
    property stats(this, _call) -> "Document" {
        Ok(Dynamic::from(this.stats()?))
    }

    /// Returns a short description of the link.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// assert_eq(rs.link("client", rs.primary).to_string(), "<link from client to m0>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }
}
