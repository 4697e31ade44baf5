//! What the types `ReplicaSet` and `Link` share: the ends of links, and the start of a fault.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic};

use super::member::Member;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::error::{Error, Result};
use crate::record::FaultKind;
use crate::server::{Direction, Effect, Endpoint, FaultOrder, ReplicaSet, SetNetwork};
use crate::values::type_name;

/// The name of the clients as an end of a link.
const CLIENT: &str = "client";

/// Returns the network of a set.
///
/// # Errors
/// `InvalidArgument` if the set was started without it.
pub(super) fn of(set: &ReplicaSet) -> Result<&SetNetwork> {
    set.network().ok_or_else(|| {
        Error::invalid_argument("this replica set has no network that can be broken")
            .hint("start it with `replica_set(#{ members: 3, network: true })`")
    })
}

/// Returns the next argument as an end of a link.
pub(super) fn end(set: &Arc<ReplicaSet>, call: &mut Call, parameter: &str) -> Result<Endpoint> {
    let value = call.arg().unwrap_or(Dynamic::UNIT);
    end_of(set, call, parameter, &value)
}

fn end_of(
    set: &Arc<ReplicaSet>,
    call: &Call,
    parameter: &str,
    value: &Dynamic,
) -> Result<Endpoint> {
    if let Some(member) = value.read_lock::<Member>() {
        if member.is_in(set) {
            return Ok(member.end());
        }
        let function = call.name();
        return Err(Error::invalid_argument(format!(
            "`{parameter}` of `{function}` is a member of another replica set"
        ))
        .hint("use the members of the set on which you call it"));
    }
    let text = value.read_lock::<rhai::ImmutableString>();
    if text.as_ref().is_some_and(|text| text.as_str() == CLIENT) {
        return Ok(Endpoint::Client);
    }
    let found = text.map_or_else(
        || type_name::of(value),
        |text| format!("\"{}\"", text.as_str()),
    );
    Err(Error::invalid_argument(format!(
        "`{parameter}` of `{}` is {found}, expected a Member or \"{CLIENT}\"",
        call.name()
    ))
    .hint("`rs.members`, `rs.primary` and `rs.secondaries` are the members of the set"))
}

/// Returns the next two arguments as the ends of one link.
pub(super) fn direction(set: &Arc<ReplicaSet>, call: &mut Call) -> Result<Direction> {
    let from = end(set, call, "from")?;
    let to = end(set, call, "to")?;
    if from == to {
        return Err(Error::invalid_argument(format!(
            "`from` and `to` of `{}` are both `{from}`",
            call.name()
        ))
        .hint("name two different ends"));
    }
    Ok((from, to))
}

/// Returns the next argument as the groups of a partition.
pub(super) fn groups(set: &Arc<ReplicaSet>, call: &mut Call) -> Result<Vec<Vec<Endpoint>>> {
    let groups = call.array()?;
    let group = |(index, group): (usize, Dynamic)| {
        let parameter = format!("groups[{index}]");
        let members = group.clone().try_cast::<Array>().ok_or_else(|| {
            call.wrong(
                &parameter,
                "an array of members, as in `[[a], [b, c]]`",
                &group,
            )
        })?;
        let end = |(place, member): (usize, &Dynamic)| {
            end_of(set, call, &format!("{parameter}[{place}]"), member)
        };
        members.iter().enumerate().map(end).collect()
    };
    groups.into_iter().enumerate().map(group).collect()
}

/// Starts a fault. The next argument is its options; `name` is the call, for messages.
pub(super) fn begin(
    set: &ReplicaSet,
    call: &mut Call,
    effect: Effect,
    directions: Vec<Direction>,
    name: String,
) -> FunctionResult {
    let network = of(set)?;
    let lasts = call.options()?.take_ms("for_ms")?;
    let session = &call.session;
    let fault = session
        .faults()
        .begin(session.recorder(), FaultKind::Network, &name, name.clone());
    let ended = Arc::clone(&fault);
    let begun = network.begin(FaultOrder {
        effect,
        directions,
        lasts,
        call: name,
        line: call.context.call_position().line(),
        on_end: Box::new(move || ended.end()),
    });
    if begun.is_err() {
        fault.end();
    }
    begun?;
    Ok(Dynamic::UNIT)
}

/// Returns the next argument as a duration in milliseconds, or `None` if it was left out.
pub(super) fn milliseconds(call: &mut Call) -> Option<Duration> {
    let value = call.arg()?;
    let whole = value.as_int().ok().and_then(|ms| u64::try_from(ms).ok());
    // The signature allows floats only if they are whole numbers of 0 or more.
    let ms = whole.or_else(|| value.as_float().ok().map(|ms| ms as u64));
    ms.map(Duration::from_millis)
}

/// Returns the next argument as a count of 1 or more.
///
/// # Errors
/// `InvalidArgument` for 0.
pub(super) fn count(call: &mut Call, parameter: &str) -> Result<u64> {
    let count = milliseconds(call).map_or(0, |same| same.as_millis() as u64);
    match count {
        0 => Err(Error::invalid_argument(format!(
            "`{parameter}` of `{}` is 0, expected 1 or more",
            call.name()
        ))
        .hint("to let nothing pass, use `drop()`")),
        count => Ok(count),
    }
}
