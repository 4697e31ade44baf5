//! The one integration binary. Servers are real, and started through the product.

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
/// Nobody else on the machine gets in.
mod server_secrecy;
