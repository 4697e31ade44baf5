//! Background watches of collections, each with a number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use bson::Document;
use rhai::Dynamic;

use super::screen::Screen;
use crate::diagnose::explain_error;
use crate::error::{Error, Kind, Result};
use crate::mongo::{CallError, ChangeStream, Interrupt, StopReason};
use crate::render::highlight::{Palette, highlight, painted};
use crate::values::codec::convert;
use crate::values::show;

/// The watches of a prompt.
#[derive(Default)]
pub(super) struct Jobs {
    list: Vec<Job>,
    last: usize,
}

struct Job {
    number: usize,
    what: String,
    seen: Arc<AtomicU64>,
    /// Stopped by `:stop`, and by the watch itself at its end.
    switch: Interrupt,
}

impl Jobs {
    /// Shows each change of a stream above the input line. Returns the job's number.
    ///
    /// # Errors
    /// `Server` if no thread can be started.
    pub(super) fn show_changes(
        &mut self,
        name: &str,
        stream: ChangeStream,
        screen: Screen,
    ) -> Result<usize> {
        let number = self.last + 1;
        let watch = Watch {
            label: painted(&format!("[{number}]"), Palette::DIM),
            stream,
            screen,
            seen: Arc::default(),
            switch: Interrupt::new(None),
        };
        let job = Job {
            number,
            what: format!("watch {name}"),
            seen: Arc::clone(&watch.seen),
            switch: watch.switch.clone(),
        };
        thread::Builder::new()
            .name("watch".into())
            .spawn(move || watch.run())
            .map_err(|error| {
                Error::new(Kind::Server, format!("no thread can be started: {error}"))
                    .hint("`:stop N` ends a watch")
            })?;
        self.list.push(job);
        self.last = number;
        Ok(number)
    }

    /// Returns one line per job.
    pub(super) fn lines(&self) -> Vec<String> {
        let state = |job: &Job| match job.switch.stopped() {
            None => "running",
            Some(_) => "ended",
        };
        self.list
            .iter()
            .map(|job| {
                let seen = job.seen.load(Ordering::Relaxed);
                let changes = if seen == 1 { "change" } else { "changes" };
                let (number, what) = (job.number, &job.what);
                format!("[{number}] {what}: {}, {seen} {changes}", state(job))
            })
            .collect()
    }

    /// Stops a job.
    ///
    /// # Errors
    /// `InvalidArgument` if no job has this number.
    pub(super) fn stop(&mut self, number: usize) -> Result<()> {
        let Some(at) = self.list.iter().position(|job| job.number == number) else {
            return Err(Error::invalid_argument(format!("there is no job {number}"))
                .hint("`:jobs` lists them"));
        };
        self.list.remove(at).switch.stop(StopReason::Ended);
        Ok(())
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for job in &self.list {
            job.switch.stop(StopReason::Ended);
        }
    }
}

/// A watch on its own thread.
struct Watch {
    label: String,
    stream: ChangeStream,
    screen: Screen,
    seen: Arc<AtomicU64>,
    switch: Interrupt,
}

impl Watch {
    fn run(self) {
        loop {
            match self.stream.next(&self.switch, None) {
                Ok(Some(change)) => {
                    self.seen.fetch_add(1, Ordering::Relaxed);
                    match Document::from_reader(change.as_ref()) {
                        Ok(change) => self.tell(&change_line(&change)),
                        Err(error) => self.tell(&format!("a change is not valid BSON: {error}")),
                    }
                }
                Ok(None) => {
                    self.tell("the watch has ended: its collection was dropped or renamed");
                    break;
                }
                Err(CallError::Error(error)) => {
                    self.tell(&explain_error(&error).render(self.screen.width()));
                    break;
                }
                Err(CallError::Stopped(_)) => break,
            }
        }
        self.switch.stop(StopReason::Ended);
    }

    fn tell(&self, text: &str) {
        self.screen.tell(&format!("{} {text}", self.label));
    }
}

/// Returns a change in one line: the operation, the document, and the new values.
fn change_line(change: &Document) -> String {
    let what = change.get_str("operationType").unwrap_or("change");
    let source = |document: &Document| {
        convert::of_bson(document)
            .map(|document| highlight(&show::source(&Dynamic::from(document)), &[]))
            .unwrap_or_default()
    };
    let part = |name: &str| change.get_document(name).ok();
    let mut line = painted(what, Palette::KEYWORD);
    let whole = match what {
        "insert" | "replace" => part("fullDocument"),
        _ => None,
    };
    if let Some(document) = whole.or_else(|| part("documentKey")) {
        line.push(' ');
        line.push_str(&source(document));
    }
    if let Some(update) = part("updateDescription") {
        if let Ok(set) = update.get_document("updatedFields")
            && !set.is_empty()
        {
            line.push_str(" set ");
            line.push_str(&source(set));
        }
        if let Ok(removed) = update.get_array("removedFields")
            && !removed.is_empty()
        {
            let names: Vec<&str> = removed.iter().filter_map(|name| name.as_str()).collect();
            line.push_str(&format!(" removed {}", names.join(", ")));
        }
    }
    line
}
