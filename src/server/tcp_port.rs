//! Free TCP ports of this machine.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::{Error, Result};

use super::errors::{plain, server_error};

/// The system gives higher ports to outgoing connections, so a server that restarts could find its
/// port taken.
const FIRST: u16 = 20_000;
const LAST: u16 = 30_000;

/// Returns ports that no program of this machine uses.
///
/// # Errors
/// `Server` if there are not enough.
pub(super) fn free(count: usize) -> Result<Vec<u16>> {
    let range = LAST - FIRST;
    let start = rand::random::<u16>() % range;
    // All stay open until the last is found, so that none is returned twice.
    let found: Vec<TcpListener> = (0..range)
        .filter_map(|step| bind(FIRST + (start + step) % range).ok())
        .take(count)
        .collect();
    let ports = found
        .iter()
        .filter_map(|open| Some(open.local_addr().ok()?.port()));
    let ports: Vec<u16> = ports.collect();
    if ports.len() < count {
        return Err(server_error(format!(
            "there are no {count} free TCP ports from {FIRST} to {LAST}"
        )));
    }
    Ok(ports)
}

/// Checks that a port can be used.
///
/// # Errors
/// `InvalidArgument` with the reason.
pub(super) fn check(port: u16) -> Result<()> {
    bind(port).map(drop).map_err(|cause| {
        Error::invalid_argument(format!(
            "the TCP port {port} cannot be used: {}",
            plain(&cause)
        ))
        .hint("another server may run there; leave the number out to get a free port")
    })
}

fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}
