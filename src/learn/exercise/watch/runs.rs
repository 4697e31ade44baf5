use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::api::run::event::Event;
use crate::course::exercise::{Composed, Verdict, judge};
use crate::error::Result;
use crate::learn::exercise::context::LearnerContext;
use crate::mongo::{Interrupt, StopReason};
use crate::render::{Format, trace_line};
use crate::server::{self, Progress};

/// How many lines may wait to be shown: a script that prints without end waits for the screen.
const WAITING: usize = 256;

/// What a run in the background has to say.
pub(super) enum News {
    /// It printed something.
    Printed(String),
    /// A server is being started.
    Started(String),
    Ended(Box<Verdict>),
}

/// One run of an answer, beside the screen and the keys.
pub(super) struct CheckRun {
    pub at: usize,
    pub composed: Composed,
    interrupt: Interrupt,
    news: Receiver<News>,
    /// Whether nobody waits for what it says any more.
    is_called_off: bool,
}

impl CheckRun {
    /// Starts a run.
    ///
    /// # Errors
    /// `Server` where the folders of the private server cannot be known.
    pub(super) fn start(context: &LearnerContext, at: usize, composed: Composed) -> Result<Self> {
        let exercise = context.exercise(at).clone();
        let (sender, news) = sync_channel(WAITING);
        let (printed, told) = (sender.clone(), sender.clone());
        let format = context.page.view().format;
        let output = Box::new(move |event| {
            let _ = printed.send(News::Printed(line(&event, format)));
            Ok(())
        });
        let progress = Arc::new(move |interrupt: &Interrupt| -> Box<dyn Progress> {
            Box::new(Telling {
                sender: told.clone(),
                interrupt: interrupt.clone(),
            })
        });
        let opened = context.host.open_watched_run(&exercise, output, progress)?;
        let (session, database_lock) = opened;
        let interrupt = session.interrupt().clone();
        let answer = composed.clone();
        let _ = thread::Builder::new()
            .name("exercise".into())
            .spawn(move || {
                let verdict = judge(&exercise, &answer, &session);
                let _ = sender.send(News::Ended(Box::new(verdict)));
                // The next run begins when nobody can send any more: what this one set up is gone by then.
                session.finish();
                drop(database_lock);
            });
        Ok(Self {
            at,
            composed,
            interrupt,
            news,
            is_called_off: false,
        })
    }

    /// Ends it as soon as may be. What it says from now on is thrown away.
    pub(super) fn call_off(&mut self) {
        self.is_called_off = true;
        self.interrupt.stop(StopReason::Interrupted);
    }

    /// What it said since the last time, and whether it is over and nothing of it is left.
    pub(super) fn news(&mut self) -> (Vec<News>, bool) {
        let mut heard = Vec::new();
        // A script that prints faster than anybody reads must not keep the keys waiting.
        for _ in 0..WAITING {
            match self.news.try_recv() {
                Ok(_) if self.is_called_off => {}
                Ok(news) => heard.push(news),
                Err(TryRecvError::Empty) => return (heard, false),
                Err(TryRecvError::Disconnected) => return (heard, true),
            }
        }
        (heard, false)
    }

    /// Calls it off and waits until nothing of it is left, but not for ever.
    pub(super) fn end(mut self, longest: Duration) {
        self.call_off();
        let end = Instant::now() + longest;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if self.news.recv_timeout(left).is_err() {
                break;
            }
        }
    }
}

fn line(event: &Event, format: Format) -> String {
    match event {
        Event::Print(value) => format.render(value),
        Event::Trace(command) => trace_line(command, format),
        Event::Debug {
            value,
            line: Some(line),
        } => format!("debug, line {line}: {}", format.render(value)),
        Event::Debug { value, line: None } => format!("debug: {}", format.render(value)),
    }
}

/// Tells the screen how a server is started.
struct Telling {
    sender: SyncSender<News>,
    interrupt: Interrupt,
}

impl Progress for Telling {
    fn tell(&self, event: &server::StartEvent) {
        let words = match event {
            server::StartEvent::Ready { .. } => "running".to_owned(),
            // Where it lies is of no interest here.
            server::StartEvent::Starting { version, .. } => format!("starting mongod {version}"),
            event => event.to_string(),
        };
        let _ = self.sender.send(News::Started(words));
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.stopped_by_now().is_some()
    }
}
