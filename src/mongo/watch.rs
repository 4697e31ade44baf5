use bson::{Bson, Document, doc};
use mongodb::options::ChangeStreamOptions;

use super::client::Client;
use super::shared_session::SharedSession;
use crate::error::Result;
use crate::mongo::options::call_options::CallOptions;
use crate::mongo::options::concerns::Concerns;

/// The parameters of a change stream.
#[derive(Clone, Debug)]
pub struct Watch {
    pub client: Client,
    pub scope: WatchScope,
    pub pipeline: Vec<Document>,
    /// The options as the script wrote them.
    pub options: Document,
    /// The read settings of the collection or database.
    pub concerns: Concerns,
    /// The session after whose operations the stream begins, unless the options give a position.
    pub session: Option<SharedSession>,
}

/// The scope of a change stream.
#[derive(Clone, Debug)]
pub enum WatchScope {
    Deployment,
    Database(String),
    Collection {
        database: String,
        collection: String,
    },
}

impl WatchScope {
    /// Returns the database that the command is sent to.
    pub(super) fn database(&self) -> &str {
        match self {
            Self::Deployment => "admin",
            Self::Database(database) | Self::Collection { database, .. } => database,
        }
    }
}

impl Watch {
    /// Converts the options for the driver.
    ///
    /// # Errors
    /// `InvalidArgument` naming the option.
    pub(super) fn options(&self) -> Result<ChangeStreamOptions> {
        let mut options = CallOptions::of("watch", self.options.clone());
        let max_await = options.take_ms("max_await_time_ms")?;
        options.take("comment");
        let concerns = Concerns::take(&mut options)?.or(&self.concerns);
        let mut watch: ChangeStreamOptions = options.into_driver_options()?;
        watch.max_await_time = max_await;
        watch.read_concern = concerns.read;
        watch.selection_criteria = concerns.selection;
        let says_where = watch.resume_after.is_some()
            || watch.start_after.is_some()
            || watch.start_at_operation_time.is_some();
        if let Some(session) = self.session.as_ref().filter(|_| !says_where) {
            watch.start_at_operation_time = session.next_operation_time()?;
        }
        Ok(watch)
    }

    /// Returns the stages after the server's `$changeStream`.
    pub(super) fn stages(&self) -> Vec<Document> {
        let mut stages = self.pipeline.clone();
        // The driver would write the comment into `$changeStream`, where the server refuses it.
        if let Some(comment) = self
            .options
            .get("comment")
            .filter(|comment| **comment != Bson::Null)
        {
            stages.insert(0, doc! { "$match": { "$comment": comment.clone() } });
        }
        stages
    }
}
