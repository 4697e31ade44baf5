use bson::{Bson, Document, doc};
use mongodb::ClientSession;
use mongodb::options::{AggregateOptions, CursorType, FindOptions};
use mongodb::raw_batch_cursor::SessionRawBatchCursor;

use super::client::Client;
use crate::error::Result;
use crate::mongo::allow_list::permit::Permit;
use crate::mongo::options::call_options::CallOptions;
use crate::mongo::options::concerns::Concerns;

/// Returns a projection from an array of field names, as PyMongo accepts them.
pub fn projection_of(fields: Bson) -> Bson {
    match fields {
        Bson::Array(names) => {
            let names = names.into_iter().filter_map(|name| match name {
                Bson::String(name) => Some((name, Bson::Int32(1))),
                _ => None,
            });
            Bson::Document(names.collect())
        }
        other => other,
    }
}

/// A query that is sent when its first result is needed.
#[derive(Clone, Debug)]
pub struct Query {
    pub client: Client,
    pub database: String,
    pub kind: QueryKind,
    /// The options as the script wrote them.
    pub options: Document,
    /// The read and write settings of the collection or database.
    pub concerns: Concerns,
}

/// The kind of the query.
#[derive(Clone, Debug)]
pub enum QueryKind {
    Find {
        collection: String,
        filter: Document,
    },
    /// `collection` is `None` for a pipeline on the database itself.
    Aggregate {
        collection: Option<String>,
        pipeline: Vec<Document>,
    },
    /// A command that returns a cursor, such as `listIndexes`.
    Command(Document),
}

impl Query {
    /// Checks the options before the query is sent.
    ///
    /// # Errors
    /// `InvalidArgument` naming the option.
    pub fn check(&self) -> Result<()> {
        self.permit()?;
        match self.kind {
            QueryKind::Find { .. } => self.find_options().map(drop),
            QueryKind::Aggregate { .. } => self.aggregate_options().map(drop),
            QueryKind::Command(_) => Ok(()),
        }
    }

    /// Sends the query.
    pub(super) async fn open(
        &self,
        session: &mut ClientSession,
    ) -> Result<mongodb::error::Result<SessionRawBatchCursor>> {
        self.permit()?;
        // The script's session may have been started before tracing was switched.
        let database = session.client().database(&self.database);
        Ok(match &self.kind {
            QueryKind::Find { collection, filter } => {
                let options = self.find_options()?;
                let collection = database.collection::<Document>(collection);
                let find = collection.find(filter.clone()).with_options(options);
                find.session(session).batch().await
            }
            QueryKind::Aggregate {
                collection,
                pipeline,
            } => {
                let options = self.aggregate_options()?;
                match collection {
                    Some(name) => {
                        let collection = database.collection::<Document>(name);
                        let aggregate =
                            collection.aggregate(pipeline.clone()).with_options(options);
                        aggregate.session(session).batch().await
                    }
                    None => {
                        let aggregate = database.aggregate(pipeline.clone()).with_options(options);
                        aggregate.session(session).batch().await
                    }
                }
            }
            QueryKind::Command(command) => {
                let run = database.run_cursor_command(command.clone());
                run.session(session).batch().await
            }
        })
    }

    /// Checks whether the script may send this query.
    fn permit(&self) -> Result<Permit> {
        match &self.kind {
            QueryKind::Find { filter, .. } => Permit::read(&self.client, &[filter, &self.options]),
            QueryKind::Aggregate { pipeline, .. } => {
                Permit::read(&self.client, &[&self.options])?;
                Permit::pipeline(&self.client, &self.database, pipeline)
            }
            QueryKind::Command(command) => Permit::command(&self.client, &self.database, command),
        }
    }

    /// Returns the command that makes the server explain the query.
    pub fn explain_command(&self, verbosity: &str) -> Result<Document> {
        let command = match &self.kind {
            QueryKind::Find { collection, filter } => {
                let options = CallOptions::of("find", self.options.clone());
                let mut command = doc! { "find": collection, "filter": filter.clone() };
                command.extend(plain_fields(options)?);
                command
            }
            QueryKind::Aggregate {
                collection,
                pipeline,
            } => {
                let options = CallOptions::of("aggregate", self.options.clone());
                let target = collection.as_ref().map_or(Bson::Int32(1), Bson::from);
                let mut command =
                    doc! { "aggregate": target, "pipeline": pipeline.clone(), "cursor": {} };
                command.extend(plain_fields(options)?);
                command
            }
            QueryKind::Command(command) => command.clone(),
        };
        Ok(doc! { "explain": command, "verbosity": verbosity })
    }

    fn find_options(&self) -> Result<FindOptions> {
        let mut options = CallOptions::of("find", self.options.clone());
        let max_time = options.take_ms("max_time_ms")?;
        let max_await_time = options.take_ms("max_await_time_ms")?;
        let cursor_type = options
            .take("cursor_type")
            .and_then(|name| cursor_type(&name));
        let concerns = Concerns::take(&mut options)?.or(&self.concerns);
        let mut find: FindOptions = options.into_driver_options()?;
        find.max_time = max_time;
        find.max_await_time = max_await_time;
        find.cursor_type = cursor_type;
        find.read_concern = concerns.read;
        find.selection_criteria = concerns.selection;
        Ok(find)
    }

    fn aggregate_options(&self) -> Result<AggregateOptions> {
        let mut options = CallOptions::of("aggregate", self.options.clone());
        let max_time = options.take_ms("max_time_ms")?;
        let concerns = Concerns::take(&mut options)?.or(&self.concerns);
        let mut aggregate: AggregateOptions = options.into_driver_options()?;
        aggregate.max_time = max_time;
        aggregate.read_concern = concerns.read;
        aggregate.selection_criteria = concerns.selection;
        // Only pipelines that write have a write concern. The server refuses it for others.
        aggregate.write_concern = concerns.write.filter(|_| self.writes());
        Ok(aggregate)
    }

    /// Returns the namespace: `shop.orders`, or only a database.
    pub fn namespace(&self) -> String {
        match &self.kind {
            QueryKind::Find { collection, .. }
            | QueryKind::Aggregate {
                collection: Some(collection),
                ..
            } => format!("{}.{collection}", self.database),
            _ => self.database.clone(),
        }
    }

    /// Returns whether the results can come in several batches, with the option `batch_size`.
    pub fn may_have_batches(&self) -> bool {
        !self.writes() && !self.is_tailable() && !matches!(self.kind, QueryKind::Command(_))
    }

    /// Returns whether the cursor stays open after the last document.
    pub fn is_tailable(&self) -> bool {
        let name = self.options.get("cursor_type");
        name.and_then(cursor_type)
            .is_some_and(|kind| !matches!(kind, CursorType::NonTailable))
    }

    /// Returns whether this is a pipeline that ends in `$out` or `$merge`.
    pub fn writes(&self) -> bool {
        match &self.kind {
            QueryKind::Aggregate { pipeline, .. } => pipeline
                .last()
                .is_some_and(|stage| stage.contains_key("$out") || stage.contains_key("$merge")),
            _ => false,
        }
    }
}

/// Returns the type of a cursor from its name in scripts.
fn cursor_type(name: &Bson) -> Option<CursorType> {
    Some(match name.as_str()? {
        "tailable" => CursorType::Tailable,
        "tailable_await" => CursorType::TailableAwait,
        _ => CursorType::NonTailable,
    })
}

/// Returns the options as command fields, without those that belong to the call.
fn plain_fields(mut options: CallOptions) -> Result<Document> {
    Concerns::take(&mut options)?;
    for option in ["batch_size", "cursor_type", "max_await_time_ms"] {
        options.take(option);
    }
    Ok(options.into_command_fields())
}
