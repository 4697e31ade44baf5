//! The one integration binary. Servers are real, and started through the product.

// The exception that clippy.toml makes for tests covers only what stands inside a test function.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// Folders, processes and patience.
mod support;

/// `seaworthy server …`, as functions.
mod server_command;
/// Whoever is killed, in whatever order: no process stays, no acknowledged write is lost.
mod server_crash;
/// What cannot start says why.
mod server_failed_start;
/// Fetching `mongod`: refused, cut off, twice at once, changed on its way.
mod server_install;
/// Start, share, stop.
mod server_private;
/// Sets of one, three and five members under the control of whoever made them.
mod server_replica_set;
/// Nobody else on the machine gets in.
mod server_secrecy;
