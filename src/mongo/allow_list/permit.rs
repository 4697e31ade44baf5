use bson::Document;

use super::{check, forbidden};
use crate::error::Result;
use crate::mongo::client::Client;

/// The proof that something may be sent to a server: it was checked, or the script is not confined.
///
/// Every call to the driver needs one, so that a new function cannot forget the check.
#[derive(Clone, Copy, Debug)]
pub struct Permit(());

impl Permit {
    /// For commands of the program itself, without parts of a script.
    pub const OWN: Self = Self(());

    /// Checks a command.
    ///
    /// # Errors
    /// `InvalidArgument` with the name that is not on a list, and the reason.
    pub fn command(client: &Client, database: &str, command: &Document) -> Result<Self> {
        Self::after(client, || check::command(database, command))
    }

    /// Checks a pipeline on a database.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub fn pipeline(client: &Client, database: &str, pipeline: &[Document]) -> Result<Self> {
        Self::after(client, || check::pipeline(database, pipeline))
    }

    /// Checks a query and everything in it that the server evaluates.
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

    /// Checks a write to a collection, or to a whole database if `collection` is `None`, and
    /// everything in it that the server evaluates.
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
