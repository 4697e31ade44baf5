use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::options::ServerAddress;

use super::checkout_watch::CheckoutWatch;
use super::pool_event::PoolEvent;

/// How many events are kept.
const KEPT: usize = 16_384;

/// What a client's pools are doing, from the driver's own pool events (connection monitoring and pooling
/// specification). The sum over the client's servers: each has a pool of its own.
#[derive(Clone, Debug)]
pub struct PoolMonitor {
    state: Arc<Mutex<State>>,
}

/// The numbers of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolCounts {
    /// Connections open or being opened.
    pub size: u64,
    /// Connections that an operation has.
    pub in_use: u64,
    /// Connections that are open and free.
    pub available: u64,
    /// Operations that wait for a connection.
    pub waiting: u64,
    /// The most connections that were in use at a time.
    pub max_in_use: u64,
    pub created: u64,
    pub closed: u64,
    pub checkouts: u64,
    /// How often a pool was emptied because its server was lost.
    pub cleared: u64,
}

/// A connection: its server and its number there.
type Connection = (ServerAddress, u32);

#[derive(Debug)]
struct State {
    began: Instant,
    counts: PoolCounts,
    /// Everything ever handed out, which `reset` leaves alone.
    ever: u64,
    next_event: u64,
    open: HashSet<Connection>,
    ready: HashSet<Connection>,
    in_use: HashSet<Connection>,
    waits: Histogram<u64>,
    handshakes: Histogram<u64>,
    events: VecDeque<PoolEvent>,
}

impl Default for PoolMonitor {
    fn default() -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
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
}

impl PoolMonitor {
    /// The handler to give to the driver. It runs inside the operation that causes the event, so it only notes it.
    pub fn handler(&self) -> EventHandler<CmapEvent> {
        let monitor = self.clone();
        EventHandler::callback(move |event| monitor.lock().note(&event))
    }

    /// The numbers of this moment.
    pub fn counts(&self) -> PoolCounts {
        let state = self.lock();
        PoolCounts {
            size: state.open.len() as u64,
            in_use: state.in_use.len() as u64,
            available: state.ready.difference(&state.in_use).count() as u64,
            ..state.counts
        }
    }

    /// Operations that have a connection, or wait for one.
    pub fn busy(&self) -> u64 {
        let state = self.lock();
        state.in_use.len() as u64 + state.counts.waiting
    }

    /// Connections handed out since the client was made: one at least for every operation that was sent.
    pub fn checkouts_ever(&self) -> u64 {
        self.lock().ever
    }

    /// How long operations waited for a connection: the value at each of `quantiles` (0.5 is the median, 1 the
    /// longest). `None` where none has waited yet.
    pub fn waits(&self, quantiles: &[f64]) -> Option<Vec<Duration>> {
        at_quantiles(&self.lock().waits, quantiles)
    }

    /// The same of how long it took until a new connection could be used.
    pub fn handshakes(&self, quantiles: &[f64]) -> Option<Vec<Duration>> {
        at_quantiles(&self.lock().handshakes, quantiles)
    }

    /// The last events, oldest first.
    pub fn events(&self) -> Vec<PoolEvent> {
        self.lock().events.iter().cloned().collect()
    }

    /// The number that the next event will have.
    pub fn next_event(&self) -> u64 {
        self.lock().next_event
    }

    /// The kinds of the events from number `first` on.
    pub fn kinds_since(&self, first: u64) -> Vec<&'static str> {
        let state = self.lock();
        let since = state.events.iter().filter(|event| event.number >= first);
        since.map(|event| event.kind).collect()
    }

    /// Starts counting anew. What is open, in use or waiting stays so.
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

    /// An operation that was waiting gave up; the driver has no event for that.
    pub fn abandoned(&self) {
        self.lock().stop_waiting();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note(&mut self, event: &CmapEvent) {
        if let Some(event) = PoolEvent::of(event, self.began.elapsed(), self.next_event) {
            if self.events.len() == KEPT {
                self.events.pop_front();
            }
            self.events.push_back(event);
            self.next_event += 1;
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
            CmapEvent::ConnectionCheckoutStarted(_) => {
                CheckoutWatch::started();
                self.counts.waiting += 1;
            }
            CmapEvent::ConnectionCheckoutFailed(_) => {
                CheckoutWatch::ended(false);
                self.stop_waiting();
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
    }

    fn check_out(&mut self, connection: Connection, waited: Duration) {
        CheckoutWatch::ended(true);
        self.stop_waiting();
        self.counts.checkouts += 1;
        self.ever += 1;
        self.in_use.insert(connection);
        self.counts.max_in_use = self.counts.max_in_use.max(self.in_use.len() as u64);
        record(&mut self.waits, waited);
    }

    fn stop_waiting(&mut self) {
        self.counts.waiting = self.counts.waiting.saturating_sub(1);
    }
}

/// Of microseconds, to three digits, however long they are.
fn histogram() -> Histogram<u64> {
    Histogram::new(3).unwrap_or_else(|_| unreachable!("0 to 5 digits are allowed"))
}

fn record(histogram: &mut Histogram<u64>, time: Duration) {
    // `saturating_record` would not make room for longer times: it would cut them off at two milliseconds.
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
