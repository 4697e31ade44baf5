//! Showing the commands that a client sends.

use std::sync::atomic::Ordering;

use tokio::task::AbortHandle;

use super::Client;
use crate::error::Result;
use crate::mongo::convert_error::convert;
use crate::mongo::trace::tracer::Tracer;
use crate::mongo::trace::wire_log::WireLog;

impl Client {
    /// Whether the commands of what begins now are shown.
    pub fn is_tracing(&self) -> bool {
        self.inner.tracing.load(Ordering::Relaxed)
    }

    /// Shows commands from now on, or no more.
    ///
    /// A driver's client tells of its commands either always or never, and telling costs time. So one that was opened
    /// without gets a second beside it, which has connections of its own, for as long as commands are to be shown.
    pub fn trace(&self, on: bool) -> Result<()> {
        if let Some(log) = &self.inner.log {
            log.switch(on);
        } else if let (true, Some(tracer)) = (on, self.bridge().tracer()) {
            self.open_traced(tracer.clone())?;
        }
        self.inner.watchers.trace(on);
        self.inner.tracing.store(on, Ordering::Relaxed);
        // Each belongs to the driver's client that it was started on.
        self.inner.retry_sessions.retire_all();
        Ok(())
    }

    fn open_traced(&self, tracer: Tracer) -> Result<()> {
        if self.inner.traced.get().is_some() {
            return Ok(());
        }
        let log = WireLog::new(tracer);
        let mut options = self.settings().driver.clone();
        options.app_name = Some(self.inner.wire_name.clone());
        options.cmap_event_handler = Some(self.pool().handler());
        options.command_event_handler = Some(log.handler());
        let opened = self
            .bridge()
            .block_on(async { mongodb::Client::with_options(options) });
        let opened = opened.map_err(|error| convert(&error))?;
        // Where two threads ask at once, one of the two is enough.
        let _ = self.inner.traced.set((opened, log));
        Ok(())
    }

    /// The driver's client for a change stream that begins now.
    pub(in crate::mongo) fn for_watching(&self) -> Result<mongodb::Client> {
        let mut options = self.settings().driver.clone();
        options.app_name = Some(self.inner.wire_name.clone());
        let tracer = self.bridge().tracer().filter(|_| self.is_tracing());
        self.inner.watchers.client(self.bridge(), options, tracer)
    }

    /// Remembers a stream's task, to end it with the client.
    pub(in crate::mongo) fn add_watcher(&self, task: AbortHandle) {
        self.inner.watchers.add(task);
    }
}
