use bson::Document;

use super::{check, forbidden};
use crate::error::Result;
use crate::mongo::client::Client;

/// The proof that something may be sent to a server: it was looked at, or the script is not confined.
///
/// Every way to the driver asks for one, so that a function that is added later cannot forget the check.
#[derive(Clone, Copy, Debug)]
pub struct Permit(());

impl Permit {
    /// For what the program itself sends, with nothing of a script in it.
    pub const OWN: Self = Self(());

    /// For a command as it stands.
    ///
    /// # Errors
    /// `InvalidArgument` with the name that is not on a list, and the reason.
    pub fn command(client: &Client, database: &str, command: &Document) -> Result<Self> {
        Self::after(client, || check::command(database, command))
    }

    /// For a pipeline on a database.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub fn pipeline(client: &Client, database: &str, pipeline: &[Document]) -> Result<Self> {
        Self::after(client, || check::pipeline(database, pipeline))
    }

    /// For a query, with everything in it that the server evaluates.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub fn read(client: &Client, parts: &[&Document]) -> Result<Self> {
        Self::after(client, || {
            parts
                .iter()
                .try_for_each(|part| forbidden::in_document(part))
        })
    }

    /// For a change of a collection, or of a whole database where there is none, with everything in it that the server
    /// evaluates.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub fn change(
        client: &Client,
        database: &str,
        collection: Option<&str>,
        parts: &[&Document],
    ) -> Result<Self> {
        Self::after(client, || {
            check::target(database, collection)?;
            parts
                .iter()
                .try_for_each(|part| forbidden::in_document(part))
        })
    }

    fn after(client: &Client, check: impl FnOnce() -> Result<()>) -> Result<Self> {
        if client.bridge().is_confined() {
            check()?;
        }
        Ok(Self(()))
    }
}
