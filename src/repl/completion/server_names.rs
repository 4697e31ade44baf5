//! Names from the server: databases, collections, fields. A background thread asks for them.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bson::doc;
use mongodb::options::SelectionCriteria;

use crate::api::run::session::Session;
use crate::error::visible;
use crate::mongo::{Client, Interrupt};

/// The maximum time that Tab waits for an answer.
const PATIENCE: Duration = Duration::from_millis(150);

/// The time limit of the command to the server.
const LIMIT: Duration = Duration::from_secs(1);

/// The time for which an answer is reused.
const FRESH: Duration = Duration::from_secs(2);

/// The number of documents that are read for field names.
const SAMPLE: i64 = 50;

/// A question to the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    Databases,
    Collections(String),
    Fields(String, String),
}

/// A short-lived cache of answers. Clones share it.
#[derive(Clone)]
pub struct ServerNames {
    answers: Arc<Answers>,
    questions: Sender<Wanted>,
    samples: bool,
}

#[derive(Default)]
struct Answers {
    known: Mutex<HashMap<Wanted, (Instant, Vec<String>)>>,
    changed: Condvar,
}

impl ServerNames {
    /// Creates the cache. With `samples`, it reads documents to find field names.
    pub fn new(session: &Session, samples: bool) -> Self {
        let (questions, asked) = channel();
        let answers: Arc<Answers> = Arc::default();
        let (session, told) = (session.clone(), Arc::clone(&answers));
        let _ = thread::Builder::new()
            .name("names".into())
            .spawn(move || answer(&session, &asked, &told));
        Self {
            answers,
            questions,
            samples,
        }
    }

    /// Returns the names, if they are cached or arrive within `PATIENCE`. Never starts a server.
    pub fn get(&self, wanted: Wanted) -> Vec<String> {
        if matches!(wanted, Wanted::Fields(..)) && !self.samples {
            return Vec::new();
        }
        let end = Instant::now() + PATIENCE;
        let lock = || {
            self.answers
                .known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let mut known = lock();
        if let Some((at, names)) = known.get(&wanted)
            && at.elapsed() < FRESH
        {
            return names.clone();
        }
        if self.questions.send(wanted.clone()).is_err() {
            return Vec::new();
        }
        let asked = Instant::now();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let answered = known.get(&wanted).is_some_and(|(at, _)| *at >= asked);
            if answered || left.is_zero() {
                // Without a new answer, return the old one.
                return known
                    .get(&wanted)
                    .map(|(_, names)| names.clone())
                    .unwrap_or_default();
            }
            known = self
                .answers
                .changed
                .wait_timeout(known, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

fn answer(session: &Session, asked: &Receiver<Wanted>, answers: &Answers) {
    while let Ok(mut wanted) = asked.recv() {
        // Answer only the last of several questions.
        while let Ok(later) = asked.try_recv() {
            wanted = later;
        }
        let Some(client) = session.opened_current_client() else {
            continue;
        };
        if let Some(mut names) = ask(&client, &wanted) {
            // Leave out names with control characters.
            names.retain(|name| visible(name) == *name);
            names.sort();
            let mut known = answers.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() > 200 {
                known.clear();
            }
            known.insert(wanted, (Instant::now(), names));
            answers.changed.notify_all();
        }
    }
}

fn ask(client: &Client, wanted: &Wanted) -> Option<Vec<String>> {
    let limit = Interrupt::new(Instant::now().checked_add(LIMIT));
    let driver = client.driver();
    match wanted {
        Wanted::Databases => client
            .call(&limit, move |session| {
                Box::pin(async move {
                    session
                        .client()
                        .list_database_names()
                        .session(session)
                        .await
                })
            })
            .ok(),
        Wanted::Collections(database) => {
            let database = driver.database(database);
            client
                .call(&limit, move |session| {
                    Box::pin(async move { database.list_collection_names().session(session).await })
                })
                .ok()
        }
        Wanted::Fields(database, collection) => {
            let database = driver.database(database);
            let command = doc! {
                "find": collection, "limit": SAMPLE, "singleBatch": true, "maxTimeMS": 500,
            };
            let reply = client
                .call(&limit, move |session| {
                    Box::pin(async move {
                        database
                            .run_command(command)
                            .selection_criteria(SelectionCriteria::ReadPreference(
                                mongodb::options::ReadPreference::PrimaryPreferred {
                                    options: None,
                                },
                            ))
                            .session(session)
                            .await
                    })
                })
                .ok()?;
            let batch = reply
                .get_document("cursor")
                .ok()?
                .get_array("firstBatch")
                .ok()?;
            let mut names = BTreeSet::new();
            for document in batch.iter().filter_map(bson::Bson::as_document) {
                add_fields(document, "", &mut names);
            }
            Some(names.into_iter().collect())
        }
    }
}

fn add_fields(document: &bson::Document, prefix: &str, names: &mut BTreeSet<String>) {
    for (name, value) in document {
        if names.len() > 500 || prefix.len() > 200 {
            return;
        }
        let path = format!("{prefix}{name}");
        if let Some(inner) = value.as_document() {
            add_fields(inner, &format!("{path}."), names);
        }
        names.insert(path);
    }
}
