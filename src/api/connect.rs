//! `connect`: further clients, with pools and options of their own.

use rhai::plugin::{Dynamic, ImmutableString, Module, NativeCallContext, export_module};
use rhai::{EvalAltResult, combine_with_exported_module};

use super::client::Client;
use super::confinement;
use super::document::Document;
use super::replica_set::ReplicaSet;
use super::session::Session;
use super::thrown::at_call;
use super::type_name;
use super::value::convert;
use crate::error::{Error, Result};
use crate::mongo::{self, ConnectionString};

/// Registers `connect`.
pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "connect", functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
mod functions {
    /// Opens a client of its own: for another server (`connect(uri)`, `connect(uri, options)`), for a `replica_set(…)`
    /// (`connect(rs)`, `connect(rs, options)`), or for this session's server with other options (`connect(options)`). Nothing is sent before the first call. The options are those
    /// of a connection string in `snake_case`: `max_pool_size`, `timeout_ms`, `write_concern`, `username`, …
    /// Only `timeout_ms` bounds a whole call. `server_selection_timeout_ms` bounds the search for a server, `wait_queue_timeout_ms` the wait for a
    /// connection, `connect_timeout_ms` making one: none of them ends a call that a server took and, because it hangs, does not answer.
    ///
    /// ```rhai
    /// let robust = connect(#{ max_pool_size: 50, write_concern: #{ w: "majority", wtimeout: 5000 } });
    /// assert_eq(robust.options.max_pool_size, 50);
    /// robust.close();
    /// ```
    #[rhai_fn(name = "connect", return_raw, volatile)]
    pub fn connect(
        context: NativeCallContext,
        target: Dynamic,
    ) -> std::result::Result<Client, Box<EvalAltResult>> {
        open(&context, target, Document::default()).map_err(|error| at_call(&context, error))
    }

    /// Opens a client of its own for another server, with options; where both the connection string and the Document
    /// set one, the Document wins. Nothing is sent before the first call.
    ///
    /// ```rhai
    /// let other = connect("mongodb://db.example.net/shop", #{ server_selection_timeout_ms: 2000 });
    /// assert_eq(other.options.server_selection_timeout_ms, 2000);
    /// other.close();
    /// ```
    #[rhai_fn(name = "connect", return_raw, volatile)]
    pub fn connect_with(
        context: NativeCallContext,
        target: Dynamic,
        options: Dynamic,
    ) -> std::result::Result<Client, Box<EvalAltResult>> {
        as_options(options)
            .and_then(|options| open(&context, target, options))
            .map_err(|error| at_call(&context, error))
    }
}

fn open(context: &NativeCallContext, target: Dynamic, options: Document) -> Result<Client> {
    let session = Session::of(context)?;
    let (uri, options) = if let Some(set) = target.read_lock::<ReplicaSet>() {
        (ConnectionString::new(set.uri()), options)
    } else if target.is_string() {
        (
            ConnectionString::new(target.clone().cast::<ImmutableString>()),
            options,
        )
    } else {
        (session.uri()?, as_options(target.clone())?)
    };
    let options = convert::to_bson(&options)?;
    if session.is_confined() {
        return confinement::open(&session, &uri, options).map(Client::new);
    }
    mongo::Client::open(session.bridge()?, &uri, options).map(Client::new)
}

fn as_options(value: Dynamic) -> Result<Document> {
    if value.is::<Document>() {
        return Ok(value.cast());
    }
    if value.is_map() {
        return Ok(value.cast::<rhai::Map>().into());
    }
    Err(Error::invalid_argument(format!(
        "`connect` takes a connection string or a Document of options, not {}",
        type_name::of(&value)
    ))
    .hint("for example `connect(#{ max_pool_size: 50 })`"))
}
