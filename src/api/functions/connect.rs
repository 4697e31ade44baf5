//! `connect`: more clients, with their own pools and options.

use rhai::Dynamic;

use crate::api::call::methods::functions;
use crate::api::handles::client::Client;
use crate::api::handles::replica_set::ReplicaSet;
use crate::api::run::confinement;
use crate::mongo::{self, ConnectionString};

functions! {
    /// Returns a new client with its own connection pools.
    ///
    /// The target is a connection string or the result of `replica_set(…)`; without a target, it is
    /// the server of this session. If the connection string and `options` set the same option,
    /// `options` wins. `connect` sends nothing; the first call does.
    ///
    /// Only `timeout_ms` limits a whole call. `server_selection_timeout_ms` limits the server
    /// selection, `wait_queue_timeout_ms` the wait for a connection, and `connect_timeout_ms` the
    /// opening of a connection. None of these three ends a call that a server has received but does
    /// not answer.
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
