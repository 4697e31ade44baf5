use std::io;
use std::sync::Arc;

use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::select;
use tokio::sync::watch;
use tokio::time::sleep_until;

use super::connection::Connection;
use super::fault::Fault;
use super::link::Link;
use super::queue::Queue;
use super::rules::Rules;

/// How much is read at once, in bytes.
pub(super) const BUFFER: usize = 64 << 10;

/// How much may be on its way under a latency. After that the sender has to wait.
const MOST_ON_THE_WAY: usize = 4 << 20;

/// One direction of a connection.
pub(super) struct Flow<'a> {
    connection: &'a Connection,
    from: &'a UnixStream,
    to: &'a UnixStream,
    link: &'a Link,
    rules: watch::Receiver<Rules>,
    back: watch::Receiver<Rules>,
    queue: Queue,
    /// The newest limit, and what the connection has carried since it began.
    carried: Option<(Arc<Fault>, u64)>,
}

/// The connection has to be closed.
struct Closed;

impl<'a> Flow<'a> {
    /// Creates the flow between two sides, with the links in its direction and back.
    pub(super) fn new(
        connection: &'a Connection,
        (from, to): (&'a UnixStream, &'a UnixStream),
        (link, back): (&'a Link, &'a Link),
    ) -> Self {
        Self {
            connection,
            from,
            to,
            link,
            rules: link.rules(),
            back: back.rules(),
            queue: Queue::default(),
            carried: None,
        }
    }

    /// Carries bytes until a side closes: first those that were `sent` already.
    pub(super) async fn run(mut self, sent: Vec<u8>) {
        // Nothing is left to do when the connection is closed.
        let _ = self.carry(sent).await;
    }

    async fn carry(&mut self, sent: Vec<u8>) -> Result<(), Closed> {
        if !sent.is_empty() {
            self.forward(&sent).await?;
        }
        let mut buffer = vec![0; BUFFER];
        let mut is_at_end = false;
        while !(is_at_end && self.queue.is_empty()) {
            let due = self.queue.due();
            select! {
                () = async { sleep_until(due.unwrap_or_else(tokio::time::Instant::now)).await }, if due.is_some() => {
                    self.deliver_next().await?;
                }
                _ = self.rules.changed(), if due.is_some() => {
                    if !self.rules.borrow_and_update().delays() {
                        self.queue.hurry();
                    }
                }
                count = read(self.from, &mut buffer), if !is_at_end && self.queue.bytes() < MOST_ON_THE_WAY => {
                    is_at_end = count == 0;
                    let bytes = &buffer[..count];
                    self.link.count(|counts| counts.bytes_in += count as u64);
                    self.forward(bytes).await?;
                }
            }
        }
        // The other side does not learn of the end while nothing arrives there.
        self.wait_while_dropped(0).await
    }

    async fn forward(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        let rules = self.rules.borrow_and_update().clone();
        if let Some(fault) = rules.resets() {
            return Err(self.reset(fault));
        }
        if self.queue.is_empty() && !rules.delays() {
            return self.deliver(bytes).await;
        }
        self.queue.add(bytes, &rules, self.link);
        Ok(())
    }

    async fn deliver_next(&mut self) -> Result<(), Closed> {
        match self.queue.pop() {
            Some(piece) => self.deliver(&piece.bytes).await,
            None => Ok(()),
        }
    }

    async fn deliver(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        self.wait_while_dropped(bytes.len()).await?;
        let limit = self.rest_of_limit();
        let rest = limit.as_ref().map_or(usize::MAX, |(rest, _)| *rest);
        let part = &bytes[..bytes.len().min(rest)];
        if write_all(self.to, part).await.is_err() {
            // That the receiver has closed is news, which travels back.
            let is_open = |rules: &Rules| rules.drops().is_none() || self.connection.is_closed();
            let _ = self.back.wait_for(is_open).await;
            return Err(Closed);
        }
        let count = part.len() as u64;
        self.link.count(|counts| counts.bytes_out += count);
        if let Some((_, carried)) = &mut self.carried {
            *carried += count;
        }
        match limit {
            Some((rest, fault)) if bytes.len() >= rest => Err(self.reset(&fault)),
            _ => Ok(()),
        }
    }

    /// Waits until no fault holds these bytes back.
    async fn wait_while_dropped(&mut self, bytes: usize) -> Result<(), Closed> {
        if let Some(fault) = self.rules.borrow().drops() {
            fault.hit();
            self.link
                .count(|counts| counts.dropped_bytes += bytes as u64);
        }
        let connection = self.connection;
        let may_pass = |rules: &Rules| rules.drops().is_none() || connection.is_closed();
        let waited = self.rules.wait_for(may_pass).await.is_ok();
        (waited && !connection.is_closed())
            .then_some(())
            .ok_or(Closed)
    }

    /// Returns how many bytes the connection may still carry, if a fault limits them.
    fn rest_of_limit(&mut self) -> Option<(usize, Arc<Fault>)> {
        let limit = {
            let rules = self.rules.borrow();
            rules
                .limit()
                .map(|(bytes, fault)| (bytes, Arc::clone(fault)))
        };
        let Some((bytes, fault)) = limit else {
            self.carried = None;
            return None;
        };
        let known = self.carried.take();
        let carried = known.filter(|(known, _)| Arc::ptr_eq(known, &fault));
        let carried = carried.map_or(0, |(_, carried)| carried);
        self.carried = Some((Arc::clone(&fault), carried));
        let rest = usize::try_from(bytes.saturating_sub(carried)).unwrap_or(usize::MAX);
        Some((rest, fault))
    }

    fn reset(&self, fault: &Fault) -> Closed {
        fault.hit();
        self.link.count(|counts| counts.reset += 1);
        Closed
    }
}

/// Reads what is there; 0 means that nothing more will come.
pub(super) async fn read(stream: &UnixStream, buffer: &mut [u8]) -> usize {
    let read = stream.async_io(Interest::READABLE, || stream.try_read(buffer));
    // A connection that was lost carries nothing more.
    let count = read.await.unwrap_or(0);
    if 0 < count && count < buffer.len() {
        // Everything was read, so the next read waits at once instead of asking the system again.
        // What arrives meanwhile is not missed: this thread has not read its event yet.
        let _ = stream.try_io(Interest::READABLE, || {
            Err::<(), _>(io::Error::from(io::ErrorKind::WouldBlock))
        });
    }
    count
}

async fn write_all(stream: &UnixStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = stream
            .async_io(Interest::WRITABLE, || stream.try_write(bytes))
            .await?;
        bytes = &bytes[written..];
    }
    Ok(())
}
