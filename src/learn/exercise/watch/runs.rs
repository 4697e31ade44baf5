use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::api::run::event::{Event, Output};
use crate::course::exercise::{Composed, Verdict, judge};
use crate::error::Result;
use crate::learn::exercise::context::LearnerContext;
use crate::mongo::{Interrupt, StopReason};
use crate::record::Recorder;
use crate::render::{Format, trace_line, warning_line};
use crate::server::{self, Progress};

/// The capacity of the event channel. A script that prints faster than the screen has to wait.
const WAITING: usize = 256;

/// An event of a background run.
pub(super) enum RunEvent {
    /// The script printed something.
    Printed(String),
    /// The start of a server made progress.
    Started(String),
    Ended(Box<Verdict>),
}

/// One run of an answer in a background thread.
pub(super) struct CheckRun {
    pub at: usize,
    pub composed: Composed,
    interrupt: Interrupt,
    recorder: Option<Recorder>,
    news: Receiver<RunEvent>,
    /// Whether further events are ignored.
    is_cancelled: bool,
}

impl CheckRun {
    /// Starts a run.
    ///
    /// # Errors
    /// `Server` if the folders of the private server cannot be known.
    pub(super) fn start(context: &LearnerContext, at: usize, composed: Composed) -> Result<Self> {
        let exercise = context.exercise(at).clone();
        let (sender, news) = sync_channel(WAITING);
        let (printed, told) = (sender.clone(), sender.clone());
        let (format, width) = (context.page.view().format, context.page.view().width);
        let output = Output::new(move |event| {
            if let Some(line) = line(&event, format, width) {
                let _ = printed.send(RunEvent::Printed(line));
            }
            Ok(())
        });
        let progress = Arc::new(move |interrupt: &Interrupt| -> Box<dyn Progress> {
            Box::new(StartReporter {
                sender: told.clone(),
                interrupt: interrupt.clone(),
            })
        });
        let opened = context.host.open_watched_run(&exercise, output, progress)?;
        let (session, database_lock) = opened;
        let interrupt = session.interrupt().clone();
        let recorder = session.recorder().cloned();
        let answer = composed.clone();
        let _ = thread::Builder::new()
            .name("exercise".into())
            .spawn(move || {
                let verdict = judge(&exercise, &answer, &session);
                let _ = sender.send(RunEvent::Ended(Box::new(verdict)));
                // Keep `sender` until here: the next run starts after this one has cleaned up.
                session.finish();
                drop(database_lock);
            });
        Ok(Self {
            at,
            composed,
            interrupt,
            recorder,
            news,
            is_cancelled: false,
        })
    }

    /// Returns the recorder of the run.
    pub(super) fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    /// Stops the run and ignores its further events.
    pub(super) fn cancel(&mut self) {
        self.is_cancelled = true;
        self.interrupt.stop(StopReason::Interrupted);
    }

    /// Returns the new events, and whether the run has ended and cleaned up.
    pub(super) fn news(&mut self) -> (Vec<RunEvent>, bool) {
        let mut events = Vec::new();
        // Bounded, so that a script that prints a lot does not block the keys.
        for _ in 0..WAITING {
            match self.news.try_recv() {
                Ok(_) if self.is_cancelled => {}
                Ok(news) => events.push(news),
                Err(TryRecvError::Empty) => return (events, false),
                Err(TryRecvError::Disconnected) => return (events, true),
            }
        }
        (events, false)
    }

    /// Cancels the run and waits at most `longest` until it has cleaned up.
    pub(super) fn end(mut self, longest: Duration) {
        self.cancel();
        let end = Instant::now() + longest;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if self.news.recv_timeout(left).is_err() {
                break;
            }
        }
    }
}

fn line(event: &Event, format: Format, width: usize) -> Option<String> {
    Some(match event {
        // The screen shows how long the check has been running.
        Event::Waiting(_) => return None,
        Event::Print(value) => format.render(value),
        Event::Display { value, .. } => format.display(value, width),
        Event::Trace(command) => trace_line(command, format),
        Event::Warning { message, line } => warning_line(message, *line, format),
        Event::Debug {
            value,
            line: Some(line),
        } => format!("debug, line {line}: {}", format.render(value)),
        Event::Debug { value, line: None } => format!("debug: {}", format.render(value)),
    })
}

/// Reports the start of a server to the screen.
struct StartReporter {
    sender: SyncSender<RunEvent>,
    interrupt: Interrupt,
}

impl Progress for StartReporter {
    fn tell(&self, event: &server::StartEvent) {
        let words = match event {
            server::StartEvent::Ready { .. } => "running".to_owned(),
            // Leave out the path.
            server::StartEvent::Starting { version, .. } => format!("starting mongod {version}"),
            event => event.to_string(),
        };
        let _ = self.sender.send(RunEvent::Started(words));
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.stopped_by_now().is_some()
    }
}
