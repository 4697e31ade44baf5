//! `connect`: further clients, with pools and options of their own.

use rhai::Dynamic;

use crate::api::call::methods::functions;
use crate::api::handles::client::Client;
use crate::api::handles::replica_set::ReplicaSet;
use crate::api::run::confinement;
use crate::mongo::{self, ConnectionString};

functions! {
    /// Opens a client of its own: for another server (a connection string), for a `replica_set(…)`, or without a target for this
    /// session's server with other options. Where both the connection string and the options set one, the options win.
    /// Nothing is sent before the first call.
    ///
    /// Only `timeout_ms` bounds a whole call. `server_selection_timeout_ms` bounds the search for a server,
    /// `wait_queue_timeout_ms` the wait for a connection, `connect_timeout_ms` making one: none of them ends a call that a
    /// server took and, because it hangs, does not answer.
    ///
    /// ```rhai
    /// let robust = connect(#{ max_pool_size: 50, write_concern: #{ w: "majority", wtimeout: 5000 } });
    /// assert_eq(robust.options.max_pool_size, 50);
    /// robust.close();
    /// let other = connect("mongodb://db.example.net/shop", #{ server_selection_timeout_ms: 2000 });
    /// assert_eq(other.options.server_selection_timeout_ms, 2000);
    /// other.close();
    /// ```
    function connect(call, target?: TARGET, options?: CONNECT) -> "Client" {
        let session = call.session.clone();
        let uri = match call.arg() {
            None => session.uri()?,
            Some(target) => match target.read_lock::<ReplicaSet>() {
                Some(set) => ConnectionString::new(set.uri()),
                None => ConnectionString::new(target.to_string()),
            },
        };
        let options = call.options_document()?;
        let client = if session.is_confined() {
            confinement::open(&session, &uri, options)?
        } else {
            mongo::Client::open(session.bridge()?, &uri, options)?
        };
        Ok(Dynamic::from(Client::new(client)))
    }
}
