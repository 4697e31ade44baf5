//! What goes on while lines are typed: watches, each with a number, shown above the line.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bson::Document;
use mongodb::change_stream::ChangeStream;
use rhai::Dynamic;
use tokio::task::JoinHandle;

use super::Screen;
use crate::api::value::{convert, show};
use crate::error::Error;
use crate::mongo::{Client, Failure, Interrupt, convert as convert_error};
use crate::render::explain_error;
use crate::render::highlight::{Palette, highlight, painted};

/// The watches of a prompt.
#[derive(Default)]
pub struct Jobs {
    list: Vec<Job>,
    last: usize,
}

struct Job {
    number: usize,
    what: String,
    seen: Arc<AtomicU64>,
    running: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// What to watch.
pub struct Watch {
    pub database: String,
    pub collection: String,
    pub pipeline: Vec<Document>,
}

impl Watch {
    /// Opens the stream on the server, so that nothing that happens from now on is missed.
    ///
    /// # Errors
    /// The server's: a server without a replica set has no streams.
    pub fn open(
        &self,
        client: &Client,
        interrupt: &Interrupt,
    ) -> Result<ChangeStream<Document>, Failure> {
        let collection = client
            .driver()
            .database(&self.database)
            .collection::<Document>(&self.collection);
        let pipeline = self.pipeline.clone();
        client.guarded_by(interrupt, async {
            let stream = collection.watch().pipeline(pipeline).await?;
            Ok(stream.with_type::<Document>())
        })
    }
}

impl Jobs {
    /// Shows each change of an open stream above the line that is being typed, and returns the job's number.
    pub fn show_changes(
        &mut self,
        client: &Client,
        name: &str,
        mut stream: ChangeStream<Document>,
        screen: Screen,
    ) -> usize {
        self.last += 1;
        let number = self.last;
        let (seen, running) = (Arc::<AtomicU64>::default(), Arc::new(AtomicBool::new(true)));
        let (count, alive) = (Arc::clone(&seen), Arc::clone(&running));
        let label = painted(&format!("[{number}]"), Palette::DIM);
        let task = client.bridge().spawn(async move {
            loop {
                match stream.next_if_any().await {
                    Ok(Some(change)) => {
                        count.fetch_add(1, Ordering::Relaxed);
                        screen.tell(&format!("{label} {}", change_line(&change)));
                    }
                    Ok(None) if stream.is_alive() => {}
                    Ok(None) => {
                        screen.tell(&format!("{label} the watch has ended"));
                        break;
                    }
                    Err(error) => {
                        let report = explain_error(&convert_error(&error));
                        screen.tell(&format!("{label} {}", report.render(screen.width())));
                        break;
                    }
                }
            }
            alive.store(false, Ordering::Relaxed);
        });
        self.list.push(Job {
            number,
            what: format!("watch {name}"),
            seen,
            running,
            task,
        });
        number
    }

    /// A line for each job.
    pub fn lines(&self) -> Vec<String> {
        let state = |job: &Job| match job.running.load(Ordering::Relaxed) {
            true => "running",
            false => "ended",
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

    /// Ends a job.
    ///
    /// # Errors
    /// `InvalidArgument` where there is none of that number.
    pub fn stop(&mut self, number: usize) -> crate::error::Result<()> {
        let Some(at) = self.list.iter().position(|job| job.number == number) else {
            return Err(Error::invalid_argument(format!("there is no job {number}"))
                .hint("`:jobs` lists them"));
        };
        self.list.remove(at).task.abort();
        Ok(())
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for job in &self.list {
            job.task.abort();
        }
    }
}

/// A change in one line: what happened, to which document, and what is new.
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
