use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use mongodb::ClientSession;
use mongodb::raw_batch_cursor::{RawBatch, SessionRawBatchCursor};

use super::call_error::CallError;
use super::client::Client;
use super::elements::{EMPTY_DOCUMENT, Elements, kind, length_at, malformed};
use super::interrupt::Interrupt;
use super::query::Query;
use super::shared_session::SharedSession;
use crate::error::Result;
use crate::mongo::client::key_wait::KeyWait;
use crate::mongo::client::pending_call::PendingCall;

/// The results of a [`Query`], batch by batch. A document is a slice of its batch; nothing is
/// copied or decoded.
#[derive(Debug)]
pub struct Cursor {
    query: Query,
    /// The script's session, if it gave one.
    bound: Option<SharedSession>,
    /// Whether the script will read everything, so that the next batch can be fetched ahead.
    wants_all: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The query was not sent yet.
    Waiting,
    Open(Box<Open>),
    Ended,
}

#[derive(Debug)]
struct Open {
    source: Source,
    /// The rest of the current batch's array.
    rest: Bytes,
    /// Whether a batch was read.
    has_batch: bool,
}

/// The source of the next batch.
#[derive(Debug)]
enum Source {
    /// Fetched when needed, in the script's session.
    Bound(Box<SessionRawBatchCursor>),
    /// Fetched when needed, in the cursor's session.
    Idle(Box<OwnSession>),
    /// Being fetched ahead.
    Ahead(PendingCall<Fetched>),
    Exhausted,
}

/// The driver's cursor and its session, if the session belongs to the cursor.
#[derive(Debug)]
struct OwnSession {
    session: ClientSession,
    driver: SessionRawBatchCursor,
}

/// A batch (`None` at the end), and what is needed to fetch the next one.
type Fetched = (Box<OwnSession>, Option<RawBatch>);

/// The batch size if the script reads everything and gave no size. The server works on the next
/// batch while the script works on this one, and round trips do not matter.
const BATCH: i32 = 2000;

/// Larger batches are not fetched ahead, because two of them would be in memory.
const LARGEST_AHEAD: usize = 4 << 20;

impl Cursor {
    /// Creates a cursor. It sends its query when the first document is needed.
    pub fn new(query: Query, bound: Option<SharedSession>) -> Self {
        Self {
            query,
            bound,
            wants_all: false,
            state: State::Waiting,
        }
    }

    /// Tells the cursor that the script will read all documents. Then the next batch is fetched
    /// ahead, unless the script gave a batch size or the pool has no free connection.
    pub fn want_all(&mut self) {
        if let Some(query) = self.query_mut()
            && query.may_have_batches()
            && !query.options.contains_key("batch_size")
        {
            query.options.insert("batch_size", BATCH);
            self.wants_all = true;
        }
    }

    /// Returns the query, if it was not sent yet.
    pub fn query_mut(&mut self) -> Option<&mut Query> {
        matches!(self.state, State::Waiting).then_some(&mut self.query)
    }

    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Returns the next document's bytes, or `None` at the end.
    pub fn next(&mut self, interrupt: &Interrupt) -> std::result::Result<Option<Bytes>, CallError> {
        loop {
            match &mut self.state {
                State::Ended => return Ok(None),
                State::Waiting => self.open(interrupt)?,
                State::Open(open) => {
                    if let Some(document) = open.next_in_batch()? {
                        return Ok(Some(document));
                    }
                    // The first batch comes with the query, and is not waited for.
                    let may_end = open.has_batch && self.query.is_tailable();
                    open.has_batch = true;
                    self.fetch(interrupt)?;
                    if may_end && self.has_empty_batch() {
                        // There may be more later.
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Returns whether the cursor can have more documents. A cursor that is not tailable is open
    /// until its end was read.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Ended)
    }

    fn has_empty_batch(&self) -> bool {
        matches!(&self.state, State::Open(open) if open.rest.is_empty())
    }

    /// Closes the cursor here and on the server. Afterwards `next` returns `None`.
    pub fn close(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        // Dropping a driver's cursor starts a task that tells the server.
        let bridge = self.query.client.bridge();
        bridge.block_on(async move { drop(state) });
    }

    fn open(&mut self, interrupt: &Interrupt) -> std::result::Result<(), CallError> {
        let client = self.query.client.clone();
        let mut refused = Ok(());
        let ask = async |session: &mut ClientSession| {
            let mut keys = KeyWait::default();
            loop {
                match self.query.open(session).await {
                    Ok(opened) if keys.asks_again(opened.as_ref().err()).await => {}
                    Ok(opened) => return opened.map(Some),
                    Err(error) => {
                        refused = Err(error);
                        return Ok(None);
                    }
                }
            }
        };
        let source = match &self.bound {
            Some(bound) => bound
                .call(interrupt, ask)?
                .map(|driver| Source::Bound(Box::new(driver))),
            None => {
                let mut session = client.guarded_by(interrupt, client.start_session())?;
                let opened = client.call_in(interrupt, &mut session, None, ask)?;
                opened.map(|driver| Source::Idle(Box::new(OwnSession { session, driver })))
            }
        };
        refused?;
        self.state = source.map_or(State::Ended, |source| {
            State::Open(Box::new(Open {
                source,
                rest: Bytes::new(),
                has_batch: false,
            }))
        });
        Ok(())
    }

    /// Moves to the next batch, or ends.
    fn fetch(&mut self, interrupt: &Interrupt) -> std::result::Result<(), CallError> {
        let State::Open(open) = &mut self.state else {
            return Ok(());
        };
        // An empty rest still keeps the last batch in memory.
        open.rest = Bytes::new();
        let client = &self.query.client;
        let batch = open.next_batch(client, self.bound.as_ref(), interrupt);
        let batch =
            batch.and_then(|batch| batch.map(Batch::of).transpose().map_err(CallError::from));
        match batch {
            Ok(Some(batch)) => {
                if self.wants_all && batch.may_be_followed() && client.has_connections_to_spare() {
                    open.fetch_ahead(client);
                }
                open.rest = batch.array;
            }
            Ok(None) => self.close(),
            Err(failure) => {
                self.close();
                return Err(failure);
            }
        }
        Ok(())
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        if matches!(self.state, State::Open(_)) {
            self.close();
        }
    }
}

impl Open {
    fn next_batch(
        &mut self,
        client: &Client,
        bound: Option<&SharedSession>,
        interrupt: &Interrupt,
    ) -> std::result::Result<Option<RawBatch>, CallError> {
        let next = async |driver: &mut SessionRawBatchCursor, session: &mut ClientSession| {
            driver.stream(session).next().await.transpose()
        };
        match (&mut self.source, bound) {
            (Source::Idle(own), _) => {
                let OwnSession { session, driver } = &mut **own;
                client.call_in(interrupt, session, None, async |session| {
                    next(driver, session).await
                })
            }
            (Source::Bound(driver), Some(bound)) => {
                bound.call(interrupt, async |session| next(driver, session).await)
            }
            (source @ Source::Ahead(_), _) => {
                let Source::Ahead(begun) = std::mem::replace(source, Source::Exhausted) else {
                    return Ok(None);
                };
                let (own, batch) = client.finish(interrupt, begun)?;
                *source = Source::Idle(own);
                Ok(batch)
            }
            (Source::Bound(_), None) | (Source::Exhausted, _) => Ok(None),
        }
    }

    /// Starts to fetch the next batch and does not wait.
    fn fetch_ahead(&mut self, client: &Client) {
        self.source = match std::mem::replace(&mut self.source, Source::Exhausted) {
            Source::Idle(mut own) => {
                let session = own.session.id().clone();
                Source::Ahead(client.begin(session, async move {
                    let OwnSession { session, driver } = &mut *own;
                    let batch = driver.stream(session).next().await.transpose()?;
                    Ok((own, batch))
                }))
            }
            // A script's session can only do one thing at a time, and may be in use.
            other => other,
        }
    }

    /// Returns the next document of the batch. A BSON array is a document whose names are numbers.
    fn next_in_batch(&mut self) -> Result<Option<Bytes>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let name_end = self.rest.iter().skip(1).position(|byte| *byte == 0);
        let start = name_end.ok_or_else(|| malformed("a name has no end"))? + 2;
        let length = length_at(&self.rest, start)?;
        if self.rest[0] != kind::DOCUMENT
            || length < EMPTY_DOCUMENT.len()
            || start + length > self.rest.len()
        {
            return Err(malformed("a batch contains a value that is not a document"));
        }
        self.rest.advance(start);
        let document = self.rest.split_to(length);
        if self.rest.is_empty() {
            // A loop holds its last document while the next batch is fetched. A slice would keep
            // the whole batch in memory, a copy does not.
            return Ok(Some(Bytes::copy_from_slice(&document)));
        }
        Ok(Some(document))
    }
}

/// The bytes of a reply. Its documents are slices of them.
struct Reply(RawBatch);

impl AsRef<[u8]> for Reply {
    fn as_ref(&self) -> &[u8] {
        self.0.as_raw_document().as_bytes()
    }
}

/// The content of a reply.
struct Batch {
    /// The elements of the batch's array, without its length and final zero.
    array: Bytes,
    is_last: bool,
}

impl Batch {
    fn of(batch: RawBatch) -> Result<Self> {
        let reply = Bytes::from_owner(Reply(batch));
        let cursor = Elements::new(&reply)?
            .find("cursor")?
            .ok_or_else(|| malformed("a reply has no cursor"))?;
        let (mut array, mut is_last) = (None, false);
        for element in Elements::new(cursor.value)? {
            let element = element?;
            match element.key {
                b"firstBatch" | b"nextBatch" => array = Some(element.value),
                // The id is 0 if this is the last batch: the server has closed the cursor.
                b"id" => is_last = element.value.iter().all(|byte| *byte == 0),
                _ => {}
            }
        }
        let array = array.ok_or_else(|| malformed("a reply has no batch"))?;
        let inside = array
            .get(4..array.len().saturating_sub(1))
            .ok_or_else(|| malformed("a batch is too short"))?;
        Ok(Self {
            array: reply.slice_ref(inside),
            is_last,
        })
    }

    /// Returns whether another batch follows and may be in memory with this one.
    fn may_be_followed(&self) -> bool {
        !self.is_last && self.array.len() <= LARGEST_AHEAD
    }
}
