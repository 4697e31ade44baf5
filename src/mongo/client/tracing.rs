//! Shows the commands that a client sends.

use std::sync::atomic::Ordering;

use bson::Document;
use tokio::task::AbortHandle;

use super::Client;
use crate::error::Result;
use crate::mongo::convert_error::convert;
use crate::mongo::trace::command_recorder::CommandRecorder;
use crate::mongo::trace::tracer::Tracer;
use crate::mongo::trace::wire_log::WireLog;

impl Client {
    /// Returns whether the commands of new operations are shown.
    pub fn is_tracing(&self) -> bool {
        self.inner.tracing.load(Ordering::Relaxed)
    }

    /// Switches the display of commands on or off.
    ///
    /// A driver's client reports its commands always or never, and reporting takes time. So the
    /// first switch opens a second driver's client with its own connections, which is used while
    /// tracing is on.
    pub fn trace(&self, on: bool) -> Result<()> {
        if let Some(log) = &self.inner.log {
            log.switch(on);
        } else if let (true, Some(tracer)) = (on, self.bridge().tracer()) {
            self.open_traced(tracer.clone())?;
        }
        self.inner.watchers.trace(on);
        self.inner.tracing.store(on, Ordering::Relaxed);
        // A session belongs to the driver's client that started it.
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
        log.listen(&mut options, Some(self.pool()), self.inner.recorder.clone());
        let opened = self
            .bridge()
            .block_on(async { mongodb::Client::with_options(options) });
        let opened = opened.map_err(|error| convert(&error))?;
        // If two threads open one, the first is used.
        let _ = self.inner.traced.set((opened, log));
        Ok(())
    }

    /// Shows the commands of a call that gave up.
    pub(super) fn show_cancelled(&self, session: &Document) {
        let traced = self.inner.traced.get().map(|(_, log)| log);
        for log in self.inner.log.iter().chain(traced) {
            log.cancel_session(session);
        }
    }

    /// Returns the driver's client for a new change stream.
    pub(in crate::mongo) fn for_watching(&self) -> Result<mongodb::Client> {
        let mut options = self.settings().driver.clone();
        options.app_name = Some(self.inner.wire_name.clone());
        // When the driver resumes a stream and has to retry that, the second attempt has no resume
        // token, so events are lost. The stream itself retries instead.
        options.retry_reads = Some(false);
        let tracer = self.bridge().tracer().filter(|_| self.is_tracing());
        let recorder = self.inner.recorder.clone();
        let recorder = recorder.map(CommandRecorder::of_streams);
        self.inner
            .watchers
            .client(self.bridge(), options, recorder, tracer)
    }

    /// Stores the task of a stream, to end it with the client.
    pub(in crate::mongo) fn add_watcher(&self, task: AbortHandle) {
        self.inner.watchers.add(task);
    }
}
