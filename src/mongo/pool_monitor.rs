use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;

use super::CheckoutWatch;

/// What a client's pools are doing, counted from the driver's own pool events
/// (connection monitoring and pooling specification).
#[derive(Clone, Debug, Default)]
pub struct PoolMonitor {
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    created: AtomicU64,
    closed: AtomicU64,
    started: AtomicU64,
    failed: AtomicU64,
    checked_out: AtomicU64,
    checked_in: AtomicU64,
    abandoned: AtomicU64,
}

impl PoolMonitor {
    /// The handler to give to the driver. It runs inside the operation that causes the event, so it only counts.
    pub fn handler(&self) -> EventHandler<CmapEvent> {
        let counts = Arc::clone(&self.counts);
        EventHandler::callback(move |event| counts.count(&event))
    }

    /// Connections in use now.
    pub fn in_use(&self) -> u64 {
        let counts = &self.counts;
        let returned = counts.checked_in.load(Ordering::SeqCst);
        counts
            .checked_out
            .load(Ordering::SeqCst)
            .saturating_sub(returned)
    }

    /// Operations waiting for a connection now.
    pub fn waiting(&self) -> u64 {
        let counts = &self.counts;
        let ended = counts.checked_out.load(Ordering::SeqCst)
            + counts.failed.load(Ordering::SeqCst)
            + counts.abandoned.load(Ordering::SeqCst);
        counts.started.load(Ordering::SeqCst).saturating_sub(ended)
    }

    /// An operation that was waiting gave up; the driver has no event for that.
    pub fn abandoned(&self) {
        self.counts.abandoned.fetch_add(1, Ordering::SeqCst);
    }

    /// Connections open now.
    pub fn size(&self) -> u64 {
        let closed = self.counts.closed.load(Ordering::SeqCst);
        self.counts
            .created
            .load(Ordering::SeqCst)
            .saturating_sub(closed)
    }

    /// Connections handed out so far: one at least for every operation that was sent.
    pub fn checkouts(&self) -> u64 {
        self.counts.checked_out.load(Ordering::SeqCst)
    }
}

impl Counts {
    fn count(&self, event: &CmapEvent) {
        let counter = match event {
            CmapEvent::ConnectionCreated(_) => &self.created,
            CmapEvent::ConnectionClosed(_) => &self.closed,
            CmapEvent::ConnectionCheckoutStarted(_) => {
                CheckoutWatch::started();
                &self.started
            }
            CmapEvent::ConnectionCheckoutFailed(_) => {
                CheckoutWatch::ended(false);
                &self.failed
            }
            CmapEvent::ConnectionCheckedOut(_) => {
                CheckoutWatch::ended(true);
                &self.checked_out
            }
            CmapEvent::ConnectionCheckedIn(_) => &self.checked_in,
            _ => return,
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }
}
