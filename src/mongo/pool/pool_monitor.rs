use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::options::ServerAddress;

use super::checkout_watch::{CheckoutWatch, GaveUp};
use super::pool_event::PoolEvent;
use crate::mongo::trace::origin::Origin;
use crate::record::Recorder;

/// The maximum number of stored events.
const MAX_EVENTS: usize = 16_384;

/// The state of a client's connection pools, from the driver's pool events (connection monitoring
/// and pooling specification). It is the sum over all servers of the client: each has its own pool.
#[derive(Clone, Debug)]
pub struct PoolMonitor {
    state: Arc<Mutex<State>>,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolCounts {
    /// Connections open or being opened.
    pub size: u64,
    /// Connections that operations use.
    pub in_use: u64,
    /// Connections that are open and free.
    pub available: u64,
    /// Operations that wait for a connection.
    pub waiting: u64,
    /// The maximum number of connections in use at the same time.
    pub max_in_use: u64,
    pub created: u64,
    pub closed: u64,
    pub checkouts: u64,
    /// How often a pool was cleared because its server was lost.
    pub cleared: u64,
}

/// A connection: its server and its number on this server.
type Connection = (ServerAddress, u32);

#[derive(Debug)]
struct State {
    recorded: Option<(Recorder, u32)>,
    began: Instant,
    counts: PoolCounts,
    /// All checkouts since the client was opened; `reset` does not change it.
    ever: u64,
    next_event: u64,
    open: HashSet<Connection>,
    ready: HashSet<Connection>,
    in_use: HashSet<Connection>,
    waits: Histogram<u64>,
    handshakes: Histogram<u64>,
    events: VecDeque<PoolEvent>,
}

impl PoolMonitor {
    /// Creates the monitor of a new client. With a recorder, the changes of the pools are recorded
    /// for the client with the given number.
    pub fn new(recorded: Option<(Recorder, u32)>) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                recorded,
                began: Instant::now(),
                counts: PoolCounts::default(),
                ever: 0,
                next_event: 0,
                open: HashSet::new(),
                ready: HashSet::new(),
                in_use: HashSet::new(),
                waits: histogram(),
                handshakes: histogram(),
                events: VecDeque::new(),
            })),
        }
    }

    /// Returns the handler for the driver. It runs inside the operation that causes the event, so
    /// it only records it.
    pub fn handler(&self) -> EventHandler<CmapEvent> {
        let monitor = self.clone();
        EventHandler::callback(move |event| monitor.hear(&event))
    }

    /// Records an event of the driver.
    pub(in crate::mongo) fn hear(&self, event: &CmapEvent) {
        self.lock().note(event);
    }

    /// Returns the current counters.
    pub fn counts(&self) -> PoolCounts {
        let state = self.lock();
        PoolCounts {
            size: state.open.len() as u64,
            in_use: state.in_use.len() as u64,
            available: state.ready.difference(&state.in_use).count() as u64,
            ..state.counts
        }
    }

    /// Returns the number of operations that have a connection or wait for one.
    pub fn busy(&self) -> u64 {
        let state = self.lock();
        state.in_use.len() as u64 + state.counts.waiting
    }

    /// Returns the number of checkouts since the client was opened: at least one for every
    /// operation that was sent.
    pub fn checkouts_ever(&self) -> u64 {
        self.lock().ever
    }

    /// Returns how long operations waited for a connection: the value at each of `quantiles` (0.5
    /// is the median, 1 the maximum). `None` if none has waited yet.
    pub fn waits(&self, quantiles: &[f64]) -> Option<Vec<Duration>> {
        at_quantiles(&self.lock().waits, quantiles)
    }

    /// Returns the same for the time to open a new connection.
    pub fn handshakes(&self, quantiles: &[f64]) -> Option<Vec<Duration>> {
        at_quantiles(&self.lock().handshakes, quantiles)
    }

    /// Returns the last events, oldest first.
    pub fn events(&self) -> Vec<PoolEvent> {
        self.lock().events.iter().cloned().collect()
    }

    /// Returns the number of the next event.
    pub fn next_event(&self) -> u64 {
        self.lock().next_event
    }

    /// Returns the kinds of the events from number `first` on.
    pub fn kinds_since(&self, first: u64) -> Vec<&'static str> {
        let state = self.lock();
        let since = state.events.iter().filter(|event| event.number >= first);
        since.map(|event| event.kind).collect()
    }

    /// Resets the counters. Open, used and waited-for connections are still counted.
    pub fn reset(&self) {
        let mut state = self.lock();
        state.counts = PoolCounts {
            waiting: state.counts.waiting,
            max_in_use: state.in_use.len() as u64,
            ..PoolCounts::default()
        };
        state.waits.reset();
        state.handshakes.reset();
        state.events.clear();
    }

    /// Records that an operation gave up waiting for a connection.
    pub(in crate::mongo) fn abandoned(
        &self,
        address: ServerAddress,
        waited: Duration,
        why: GaveUp,
    ) {
        let mut state = self.lock();
        state.stop_waiting();
        record(&mut state.waits, waited);
        state.record_checkout(&address, None, waited);
        state.record_counts();
        let event = PoolEvent::gave_up(
            state.began.elapsed(),
            state.next_event,
            address,
            waited,
            why,
        );
        state.store(event);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note(&mut self, event: &CmapEvent) {
        if let Some(event) = PoolEvent::of(event, self.began.elapsed(), self.next_event) {
            self.store(event);
        }
        match event {
            CmapEvent::ConnectionCreated(event) => {
                self.counts.created += 1;
                self.open
                    .insert((event.address.clone(), event.connection_id));
            }
            CmapEvent::ConnectionReady(event) => {
                self.ready
                    .insert((event.address.clone(), event.connection_id));
                record(&mut self.handshakes, event.duration);
            }
            CmapEvent::ConnectionClosed(event) => {
                self.counts.closed += 1;
                let connection = (event.address.clone(), event.connection_id);
                self.open.remove(&connection);
                self.ready.remove(&connection);
                self.in_use.remove(&connection);
            }
            CmapEvent::ConnectionCheckoutStarted(event) => {
                CheckoutWatch::started(&event.address);
                self.counts.waiting += 1;
            }
            CmapEvent::ConnectionCheckoutFailed(event) => {
                CheckoutWatch::ended(false);
                self.stop_waiting();
                record(&mut self.waits, event.duration);
                self.record_checkout(&event.address, None, event.duration);
            }
            CmapEvent::ConnectionCheckedOut(event) => {
                self.check_out((event.address.clone(), event.connection_id), event.duration);
            }
            CmapEvent::ConnectionCheckedIn(event) => {
                self.in_use
                    .remove(&(event.address.clone(), event.connection_id));
            }
            CmapEvent::PoolCleared(_) => self.counts.cleared += 1,
            _ => {}
        }
        self.record_counts();
    }

    fn record_checkout(&self, address: &ServerAddress, connection: Option<u32>, waited: Duration) {
        if let Some((recorder, client)) = &self.recorded {
            recorder.checkout(Origin::call(), *client, address, connection, waited);
        }
    }

    fn record_counts(&self) {
        if let Some((recorder, client)) = &self.recorded {
            let (size, in_use) = (self.open.len(), self.in_use.len());
            recorder.pool(*client, size, in_use, self.counts.waiting);
        }
    }

    fn check_out(&mut self, connection: Connection, waited: Duration) {
        CheckoutWatch::ended(true);
        self.stop_waiting();
        self.counts.checkouts += 1;
        self.ever += 1;
        self.record_checkout(&connection.0, Some(connection.1), waited);
        self.in_use.insert(connection);
        self.counts.max_in_use = self.counts.max_in_use.max(self.in_use.len() as u64);
        record(&mut self.waits, waited);
    }

    fn store(&mut self, event: PoolEvent) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
        self.next_event += 1;
    }

    fn stop_waiting(&mut self) {
        self.counts.waiting = self.counts.waiting.saturating_sub(1);
    }
}

/// Creates a histogram of microseconds with three digits and without a maximum.
fn histogram() -> Histogram<u64> {
    Histogram::new(3).unwrap_or_else(|_| unreachable!("0 to 5 digits are allowed"))
}

fn record(histogram: &mut Histogram<u64>, time: Duration) {
    // `saturating_record` does not resize: it would cut times at two milliseconds.
    let _ = histogram.record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
}

fn at_quantiles(histogram: &Histogram<u64>, quantiles: &[f64]) -> Option<Vec<Duration>> {
    if histogram.is_empty() {
        return None;
    }
    let values = quantiles
        .iter()
        .map(|quantile| Duration::from_micros(histogram.value_at_quantile(*quantile)));
    Some(values.collect())
}
