//! The script type `ReplicaSet`: servers that a script starts and can break on purpose.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bson::{Bson, Document as BsonDocument};
use rhai::{Array, Dynamic};

use super::link::Link;
use super::member::Member;
use super::network;
use super::server_thread::{SilentProgress, on_server_thread};
use crate::api::call::arguments::Call;
use crate::api::call::function_error::{FunctionError, FunctionResult};
use crate::api::call::methods;
use crate::api::call::methods::{Registrar, functions};
use crate::error::{Error, Result};
use crate::mongo::{CallOptions, Interrupt};
use crate::record::FaultKind;
use crate::server::{self, Direction, Effect, Endpoint, MemberOptions, SetMember, SetOptions};

/// The options of one member.
const MEMBER_OPTIONS: [&str; 5] = ["arbiter", "hidden", "delay_seconds", "priority", "tags"];

/// A replica set in a script. Copies refer to the same set.
#[derive(Clone)]
pub struct ReplicaSet {
    inner: Arc<server::ReplicaSet>,
}

/// Registers the type and `replica_set`.
pub fn register_all(registrar: &mut Registrar) {
    register(registrar);
    register_functions(registrar);
}

functions! {
    /// Starts a replica set with 1, 3 or 5 members on this machine.
    ///
    /// It is ready when `replica_set` returns. It does not open a port, other users cannot connect
    /// to it, and it is deleted when the script ends.
    ///
    /// With `tcp: true` the members also listen on ports of 127.0.0.1, so that programs in any
    /// language can meet a failover: `rs.uri` is their connection string. Each login needs its
    /// password. Fail points need no login: other users of this machine could set them.
    ///
    /// `members` can also be an array with a Document for each member: `arbiter: true` (it only
    /// votes), `hidden: true` (clients do not see it), `delay_seconds` (it applies writes later;
    /// MongoDB 5.0 or newer), `priority` (0 never becomes the primary) and `tags`, which a read
    /// preference chooses members by. `#{}` is an ordinary member, and the first one must be able
    /// to become the primary.
    ///
    /// With `network: true` the script can also break the network between the members, see
    /// `partition`, `isolate`, `cut` and `link`.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// let own = connect(rs);
    /// own.shop.orders.insert_one(#{ _id: 1 });
    /// assert_eq(rs.members.len(), 1);
    /// rs.stop();
    /// let places = replica_set(#{ members: [#{}, #{ tags: #{ city: "Oslo" } }, #{ arbiter: true }] });
    /// assert_eq(places.members.map(|member| member.state), ["PRIMARY", "SECONDARY", "ARBITER"]);
    /// ```
    function replica_set(call, options?: REPLICA_SET) -> "ReplicaSet" {
        let options = set_options(call.options()?)?;
        if options.tcp && call.session.is_confined() {
            return Err(Error::invalid_argument("a confined script cannot open TCP ports")
                .hint("leave `tcp` out: the set is then reached through its sockets")
                .into());
        }
        let own = call.session.clone();
        let set = on_server_thread(call.session.interrupt(), move || own.start_set(options))?;
        Ok(Dynamic::from(ReplicaSet { inner: set }))
    }
}

fn set_options(mut options: CallOptions) -> Result<SetOptions> {
    let tcp: Option<bool> = options.take_as("tcp", "`true` or `false`")?;
    let network: Option<bool> = options.take_as("network", "`true` or `false`")?;
    let members = match options.take("members") {
        None => vec![MemberOptions::default(); 3],
        Some(Bson::Array(members)) => members
            .into_iter()
            .filter_map(|member| match member {
                Bson::Document(member) => Some(member_options(member)),
                _ => None,
            })
            .collect::<Result<_>>()?,
        Some(count) => {
            let count = count.as_i64().or(count.as_i32().map(i64::from));
            MemberOptions::ordinary(count.unwrap_or_default())?
        }
    };
    MemberOptions::check(&members)?;
    Ok(SetOptions {
        members,
        tcp: tcp.unwrap_or(false),
        network: network.unwrap_or(false),
    })
}

/// Parses `#{ hidden: true, tags: #{ dc: "east" } }`.
fn member_options(member: BsonDocument) -> Result<MemberOptions> {
    let mut options = CallOptions::new("members", member, &MEMBER_OPTIONS)?;
    let arbiter: Option<bool> = options.take_as("arbiter", "`true` or `false`")?;
    let hidden: Option<bool> = options.take_as("hidden", "`true` or `false`")?;
    let delay: Option<u32> = options.take_as("delay_seconds", "a whole number of seconds")?;
    let tags: Option<BTreeMap<String, String>> =
        options.take_as("tags", "a Document of strings")?;
    Ok(MemberOptions {
        arbiter: arbiter.unwrap_or(false),
        hidden: hidden.unwrap_or(false),
        delay_seconds: delay.unwrap_or(0),
        priority: options.take_as("priority", "a whole number from 0 to 1000")?,
        tags: BsonDocument::from_iter(
            tags.unwrap_or_default()
                .into_iter()
                .map(|(name, value)| (name, value.into())),
        ),
    })
}

impl ReplicaSet {
    pub fn uri(&self) -> &str {
        self.inner.uri().expose()
    }

    fn member(&self, member: &Arc<SetMember>) -> Dynamic {
        Dynamic::from(Member::new(member, &self.inner))
    }

    /// Starts a fault that drops everything in these directions.
    fn drop_on(&self, call: &mut Call, name: &str, directions: Vec<Direction>) -> FunctionResult {
        network::begin(&self.inner, call, Effect::Drop, directions, name.to_owned())
    }

    /// Runs a query on the servers on another thread.
    fn ask<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        work: impl FnOnce(&server::ReplicaSet) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, FunctionError> {
        let set = Arc::clone(&self.inner);
        Ok(on_server_thread(interrupt, move || work(&set))?)
    }
}

impl fmt::Display for ReplicaSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<String> = self
            .inner
            .members()
            .iter()
            .map(|member| format!("{} {}", member.name(), member.state().to_lowercase()))
            .collect();
        write!(f, "<replica set: {}>", members.join(", "))
    }
}

methods! { ReplicaSet, "ReplicaSet";
    /// Returns the connection string with the password, for other programs.
    ///
    /// `connect(rs)` does not need it.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert(rs.uri.starts_with("mongodb://"));
    /// ```
    property uri(this, _call) -> "string" {
        Ok(this.uri().into())
    }

    /// Returns all members, running or not, always in the same order.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.members.map(|member| member.state), ["PRIMARY"]);
    /// ```
    property members(this, _call) -> "Array" {
        let members = this.inner.members().iter();
        Ok(members.map(|member| this.member(member)).collect::<Array>().into())
    }

    /// Returns the member that is the primary now, or `()` if there is none.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.primary.address, rs.members[0].address);
    /// ```
    property primary(this, call) -> "Member" {
        let found = this.ask(call.session.interrupt(), |set| Ok(set.primary().cloned()))?;
        Ok(found.map_or(Dynamic::UNIT, |member| this.member(&member)))
    }

    /// Returns the members that are secondaries now.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.secondaries, []);
    /// ```
    property secondaries(this, call) -> "Array" {
        let found = this.ask(call.session.interrupt(), |set| {
            Ok(set.secondaries().into_iter().cloned().collect::<Vec<_>>())
        })?;
        Ok(found.iter().map(|member| this.member(member)).collect::<Array>().into())
    }

    /// Waits until a majority has acknowledged a write to a primary, and returns this primary.
    ///
    /// The limit is the given number of seconds, or 30.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// assert_eq(rs.wait_for_primary(10).state, "PRIMARY");
    /// ```
    method wait_for_primary(this, call, seconds?: Seconds) {
        let limit = call.seconds()?.unwrap_or(Duration::from_secs(30));
        let interrupt = call.session.interrupt();
        let progress = SilentProgress::new(interrupt);
        let primary = this.ask(interrupt, move |set| set.wait_for_primary(limit, &progress).cloned())?;
        Ok(this.member(&primary))
    }

    /// Makes the primary step down.
    ///
    /// The set elects another member within about a second; `step_down` does not wait for it.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3 });
    /// let old = rs.primary.address;
    /// rs.step_down();
    /// assert(rs.wait_for_primary(30).address != old);
    /// ```
    method step_down(this, call) {
        let interrupt = call.session.interrupt();
        let primary = this.ask(interrupt, |set| Ok(set.primary().cloned()))?;
        let fault = primary.map(|primary| {
            let (kind, end) = (FaultKind::StepDown, Endpoint::Member(primary.index()));
            let label = format!("{} {end}", kind.name());
            let recorder = call.session.recorder();
            call.session.faults().begin(recorder, kind, primary.address(), label)
        });
        let done = this.ask(interrupt, |set| set.step_down());
        if let Some(fault) = fault {
            fault.end();
        }
        done?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the set: its members and their states.
    ///
    /// ```rhai
    /// assert_eq(replica_set(#{ members: 1 }).to_string(), "<replica set: m0 primary>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Divides the network into groups: members in different groups do not reach each other.
    ///
    /// A group is an array of members. A member in no group is alone. Clients reach all members,
    /// unless `"client"` is in a group: then they reach only that group. Nothing is closed, as with
    /// a cut cable: what is sent arrives after the partition ends. It ends after `for_ms`, with
    /// `heal`, or with the script. A second partition is added to the first one. The set must be
    /// started with `network: true`.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3, network: true });
    /// let old = rs.primary;
    /// rs.partition([[old], rs.secondaries]);
    /// eventually(30, || { let now = rs.primary; now != () && now.name != old.name });
    /// rs.heal();
    /// eventually(30, || old.state == "SECONDARY");
    /// ```
    method partition(this, call, groups: Array, options?: FAULT) {
        let groups = network::groups(&this.inner, call)?;
        let directions = server::partition(&groups, this.inner.members().len())?;
        this.drop_on(call, "partition", directions)
    }

    /// Cuts a member from all other members, both ways. Clients still reach it.
    ///
    /// The cut ends after `for_ms`, with `heal`, or with the script.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3, network: true });
    /// rs.isolate(rs.secondaries[0], #{ for_ms: 300 });
    /// connect(rs).shop.orders.insert_one(#{ n: 1 }, #{ write_concern: #{ w: "majority" } });
    /// ```
    method isolate(this, call, member: MEMBER, options?: FAULT) {
        let member = network::end(&this.inner, call, "member")?;
        let Endpoint::Member(index) = member else {
            return Err(Error::invalid_argument("`isolate` takes a member")
                .hint("to cut off the clients, use `partition` with \"client\" in a group")
                .into());
        };
        let directions = server::both_ways(index, this.inner.members().len())?;
        this.drop_on(call, &format!("isolate({member})"), directions)
    }

    /// Cuts one direction: nothing that `from` sends reaches `to`.
    ///
    /// `from` and `to` are members or `"client"`. The cut ends after `for_ms`, with `heal`, or with
    /// the script.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3, network: true });
    /// let a = rs.members[0];
    /// let b = rs.members[1];
    /// rs.cut(a, b);
    /// eventually(10, || rs.link(a, b).stats.dropped_bytes > 0);
    /// assert_eq(rs.link(b, a).stats.dropped_bytes, 0);
    /// ```
    method cut(this, call, from: LINK_END, to: LINK_END, options?: FAULT) {
        let direction = network::direction(&this.inner, call)?;
        let (from, to) = direction;
        this.drop_on(call, &format!("cut({from}, {to})"), vec![direction])
    }

    /// Ends all faults on the network of the set.
    ///
    /// What the faults held back arrives now.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 3, network: true });
    /// rs.isolate(rs.primary);
    /// sleep(0.5);
    /// rs.heal();
    /// rs.wait_for_primary(30);
    /// ```
    method heal(this, _call) {
        network::of(&this.inner)?.heal();
        Ok(Dynamic::UNIT)
    }

    /// Returns one direction between two ends of the network.
    ///
    /// `from` and `to` are members or `"client"`, which means every program that is not a member.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1, network: true });
    /// let link = rs.link("client", rs.primary);
    /// connect(rs).ping();
    /// assert(link.stats.bytes_out > 0);
    /// ```
    method link(this, call, from: LINK_END, to: LINK_END) -> "Link" {
        let direction = network::direction(&this.inner, call)?;
        network::of(&this.inner)?;
        Ok(Dynamic::from(Link::new(&this.inner, direction)))
    }

    /// Stops all members and deletes their data.
    ///
    /// This also happens when the script ends.
    ///
    /// ```rhai
    /// let rs = replica_set(#{ members: 1 });
    /// rs.stop();
    /// assert_eq(rs.members[0].state, "STOPPED");
    /// ```
    method stop(this, _call) {
        this.inner.stop();
        Ok(Dynamic::UNIT)
    }
}
