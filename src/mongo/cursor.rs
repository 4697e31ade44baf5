use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use mongodb::ClientSession;
use mongodb::raw_batch_cursor::{RawBatch, SessionRawBatchCursor};

use super::elements::{EMPTY_DOCUMENT, kind, length_at, malformed};
use super::{Failure, Interrupt, Query, SharedSession};
use crate::error::Result;

/// The answers to a [`Query`], batch by batch. A document is a slice of its batch: nothing is copied or decoded.
#[derive(Debug)]
pub struct Cursor {
    query: Query,
    /// The script's own session, where it named one.
    bound: Option<SharedSession>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing was sent yet.
    Waiting,
    Open(Box<Open>),
    Ended,
}

#[derive(Debug)]
struct Open {
    /// `None` where the script's own is used.
    session: Option<ClientSession>,
    driver: SessionRawBatchCursor,
    /// What is left of the current batch's array.
    rest: Bytes,
}

impl Cursor {
    /// A cursor that sends its query when the first document is asked for.
    pub fn new(query: Query, bound: Option<SharedSession>) -> Self {
        Self {
            query,
            bound,
            state: State::Waiting,
        }
    }

    /// The query, for as long as it can still be changed.
    pub fn query_mut(&mut self) -> Option<&mut Query> {
        matches!(self.state, State::Waiting).then_some(&mut self.query)
    }

    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The next document's bytes, or `None` at the end.
    pub fn next(&mut self, interrupt: &Interrupt) -> std::result::Result<Option<Bytes>, Failure> {
        loop {
            match &mut self.state {
                State::Ended => return Ok(None),
                State::Waiting => self.open(interrupt)?,
                State::Open(open) => {
                    if let Some(document) = open.next_in_batch()? {
                        return Ok(Some(document));
                    }
                    self.fetch(interrupt)?;
                }
            }
        }
    }

    /// Gives the server's side free. Asking again gives nothing more.
    pub fn close(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        // Dropping a driver's cursor starts a task that tells the server.
        let bridge = self.query.client.bridge();
        bridge.block_on(async move { drop(state) });
    }

    fn open(&mut self, interrupt: &Interrupt) -> std::result::Result<(), Failure> {
        let client = self.query.client.clone();
        let mut refused = Ok(());
        let ask = async |session: &mut ClientSession| match self.query.open(session).await {
            Ok(opened) => opened.map(Some),
            Err(error) => {
                refused = Err(error);
                Ok(None)
            }
        };
        let (session, opened) = match &self.bound {
            Some(bound) => (None, bound.call(interrupt, ask)?),
            None => {
                let mut session = client.guarded_by(interrupt, client.start_session())?;
                let opened = client.call_in(interrupt, &mut session, None, ask)?;
                (Some(session), opened)
            }
        };
        refused?;
        self.state = match opened {
            Some(driver) => State::Open(Box::new(Open {
                session,
                driver,
                rest: Bytes::new(),
            })),
            None => State::Ended,
        };
        Ok(())
    }

    /// Takes over the next batch, or ends.
    fn fetch(&mut self, interrupt: &Interrupt) -> std::result::Result<(), Failure> {
        let State::Open(open) = &mut self.state else {
            return Ok(());
        };
        let Open {
            session,
            driver,
            rest,
        } = &mut **open;
        // An empty rest still keeps the last batch, which need not be there when the next one comes.
        *rest = Bytes::new();
        let client = self.query.client.clone();
        let next =
            async |session: &mut ClientSession| driver.stream(session).next().await.transpose();
        let batch = match (session, &self.bound) {
            (Some(session), _) => client.call_in(interrupt, session, None, next),
            (None, Some(bound)) => bound.call(interrupt, next),
            (None, None) => Ok(None),
        };
        match batch {
            Ok(Some(batch)) => open.rest = array_of(batch)?,
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
    /// The next document of the batch: an array is a document whose names are numbers.
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
            return Err(malformed("a batch holds something that is no document"));
        }
        self.rest.advance(start);
        let document = self.rest.split_to(length);
        if self.rest.is_empty() {
            // A loop still holds its last document while the next batch is fetched, and a slice would hold the whole
            // batch with it: copied, it does not, and two batches of 16 MB are never there at a time.
            return Ok(Some(Bytes::copy_from_slice(&document)));
        }
        Ok(Some(document))
    }
}

/// The bytes of a reply, kept alive by the documents cut out of it.
struct Reply(RawBatch);

impl AsRef<[u8]> for Reply {
    fn as_ref(&self) -> &[u8] {
        self.0.as_raw_document().as_bytes()
    }
}

/// The elements of a batch's array, without the frame around them.
fn array_of(batch: RawBatch) -> Result<Bytes> {
    let reply = Bytes::from_owner(Reply(batch));
    let cursor = super::elements::Elements::new(&reply)?
        .find("cursor")?
        .ok_or_else(|| malformed("a reply has no cursor"))?;
    let mut elements = super::elements::Elements::new(cursor.value)?;
    let array = elements
        .find_map(|element| match element {
            Ok(element) if matches!(element.key, b"firstBatch" | b"nextBatch") => {
                Some(Ok(element.value))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
        .ok_or_else(|| malformed("a reply has no batch"))??;
    let inside = array
        .get(4..array.len().saturating_sub(1))
        .ok_or_else(|| malformed("a batch is too short"))?;
    Ok(reply.slice_ref(inside))
}
