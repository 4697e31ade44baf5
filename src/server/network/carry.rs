use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::UnixStream;
use tokio::select;

use super::connection::Connection;
use super::flow::{BUFFER, Flow, read};
use super::link::Link;

/// Opens the other side of a connection and carries bytes both ways until one side closes.
pub(super) async fn carry(opener: UnixStream, target: PathBuf, there: &Link, back: &Link) {
    let Some(sent) = wait_until_open(&opener, there, back).await else {
        return;
    };
    // If the member does not run, dropping `opener` tells the caller.
    let Ok(target) = UnixStream::connect(target).await else {
        return;
    };
    let connection = Arc::new(Connection::new(opener, target));
    there.add_connection(&connection);
    let requests = Flow::new(
        &connection,
        (&connection.opener, &connection.target),
        (there, back),
    );
    let replies = Flow::new(
        &connection,
        (&connection.target, &connection.opener),
        (back, there),
    );
    // When one side is closed, dropping the streams closes the other one.
    select! {
        () = requests.run(sent) => {}
        () = replies.run(Vec::new()) => {}
    }
}

/// Waits while a fault prevents that the connection is set up, which needs both directions. Returns
/// what the caller has sent meanwhile; `None` if the connection is refused or the caller gave up.
async fn wait_until_open(opener: &UnixStream, there: &Link, back: &Link) -> Option<Vec<u8>> {
    let (mut requests, mut replies) = (there.rules(), back.rules());
    let mut sent = Vec::new();
    let mut buffer = Vec::new();
    loop {
        let (refused, dropped) = {
            let (requests, replies) = (requests.borrow_and_update(), replies.borrow_and_update());
            let dropped = requests.drops().or(replies.drops());
            (requests.refuses().cloned(), dropped.cloned())
        };
        if let Some(fault) = refused {
            fault.hit();
            there.count(|counts| counts.refused += 1);
            return None;
        }
        let Some(fault) = dropped else {
            return Some(sent);
        };
        fault.hit();
        buffer.resize(BUFFER, 0);
        select! {
            _ = requests.changed() => {}
            _ = replies.changed() => {}
            count = read(opener, &mut buffer), if sent.len() < BUFFER => {
                if count == 0 {
                    return None;
                }
                sent.extend_from_slice(&buffer[..count]);
                let bytes = count as u64;
                there.count(|counts| {
                    counts.bytes_in += bytes;
                    counts.dropped_bytes += bytes;
                });
            }
        }
    }
}
