use bson::{Document, doc};

use super::Client;
use crate::mongo::call_error::CallError;
use crate::mongo::interrupt::Interrupt;

/// The limits that a server reports in its reply to `hello`.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// The maximum number of operations in one command.
    pub max_write_batch_size: usize,
    /// The maximum size of a document, in bytes.
    pub max_document_size: usize,
    /// Whether writes can have a transaction number for retries: replica sets and `mongos` support
    /// this.
    pub retryable_writes: bool,
}

impl ServerLimits {
    /// Reads the limits from the reply; the defaults are those of every server from 4.4 on.
    pub fn of(hello: &Document) -> Self {
        let limit = |name: &str, usual: usize| {
            let number = match hello.get(name) {
                Some(bson::Bson::Int64(number)) => usize::try_from(*number).ok(),
                Some(bson::Bson::Int32(number)) => usize::try_from(*number).ok(),
                _ => None,
            };
            number.filter(|number| *number > 0).unwrap_or(usual)
        };
        let sessions = hello.contains_key("logicalSessionTimeoutMinutes");
        let is_set = hello.contains_key("setName");
        let is_mongos = hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid");
        Self {
            max_write_batch_size: limit("maxWriteBatchSize", 100_000),
            max_document_size: limit("maxBsonObjectSize", 16 * 1024 * 1024),
            retryable_writes: sessions && (is_set || is_mongos),
        }
    }
}

impl Client {
    /// Returns the limits of this client's servers. They are read once.
    pub(in crate::mongo) fn limits(
        &self,
        interrupt: &Interrupt,
    ) -> std::result::Result<ServerLimits, CallError> {
        if let Some(limits) = self.inner.limits.get() {
            return Ok(*limits);
        }
        let admin = self.driver().database("admin");
        let hello = self.guarded_by(interrupt, async {
            match admin.run_command(doc! { "hello": 1 }).await {
                // The pool may have a broken connection; 4.4.0 and 4.4.1 only know the old name.
                Err(_) => admin.run_command(doc! { "isMaster": 1 }).await,
                answer => answer,
            }
        })?;
        Ok(*self.inner.limits.get_or_init(|| ServerLimits::of(&hello)))
    }
}
