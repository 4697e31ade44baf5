//! The network of a script's replica set: a proxy before each member, and the faults on the links
//! between the members and the clients.
//!
//! The configuration of the set has the sockets of the proxies. A proxy asks the kernel which
//! process opened a connection, so it knows the link that the connection belongs to.

mod callers;
mod carry;
mod connection;
mod counts;
mod effect;
mod endpoint;
mod fault;
mod flow;
mod link;
mod links;
mod listener;
mod partition;
mod queue;
mod rules;
mod set_network;

pub(super) use callers::Callers;
pub use counts::LinkCounts;
pub use effect::Effect;
pub use endpoint::Endpoint;
pub use partition::{Direction, both_ways, partition};
pub use set_network::{FaultOrder, SetNetwork, UnusedFault};
