//! The script type `Client`: one deployment and the connection pools to it.

use std::fmt;

use bson::doc;
use rhai::{Dynamic, ImmutableString, Module};

use super::change_stream::ChangeStream;
use super::client_session;
use super::database::Database;
use super::fail_point::FailPoint;
use super::pool::Pool;
use crate::api::call::arguments::Call;
use crate::api::call::methods;
use crate::api::run::session::Session;
use crate::error::Result;
use crate::mongo::{self, Concerns, Permit, WatchScope};
use crate::values::codec::convert;
use crate::values::document::Document;

#[derive(Clone)]
pub struct Client {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Open(mongo::Client),
    /// The client of the session. It is opened when it is first used, so that other scripts need no
    /// server.
    Session(Session),
}

impl Client {
    pub fn new(client: mongo::Client) -> Self {
        Self {
            source: Source::Open(client),
        }
    }

    pub fn of_session(session: Session) -> Self {
        Self {
            source: Source::Session(session),
        }
    }

    /// Returns the client and opens it if needed.
    ///
    /// # Errors
    /// `Server` if the private server cannot be started, `InvalidUri` if the URI cannot be read.
    pub fn open(&self) -> Result<mongo::Client> {
        match &self.source {
            Source::Open(client) => Ok(client.clone()),
            Source::Session(session) => session.client(),
        }
    }

    pub fn database(&self, name: impl Into<ImmutableString>) -> Database {
        Database::new(self.clone(), name.into())
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let opened = match &self.source {
            Source::Open(client) => Some(client.clone()),
            Source::Session(session) => session.opened_client(),
        };
        match opened {
            Some(client) => write!(f, "<client of {}>", client.settings().servers().join(", ")),
            None => f.write_str("<client, not connected yet>"),
        }
    }
}

methods! { Client, "Client";
    /// Returns the database with this name.
    ///
    /// `client.NAME` and `client["NAME"]` do the same; use `database` for names that are also
    /// methods.
    ///
    /// ```rhai
    /// assert_eq(client.database("shop").name, "shop");
    /// ```
    method database(this, call, name: String) -> "Database" {
        Ok(Dynamic::from(this.database(call.text()?)))
    }

    /// Returns the names of the databases.
    ///
    /// A database exists when it has a collection.
    ///
    /// ```rhai
    /// db.greetings.insert_one(#{ text: "ahoy" });
    /// assert(db.name in client.list_database_names());
    /// ```
    method list_database_names(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        let client = this.open()?;
        let names = call.run(&client, Permit::OWN, move |session| Box::pin(async move {
            session.client().list_database_names().session(session).await
        }))?;
        Ok(names.into_iter().map(Dynamic::from).collect::<Vec<_>>().into())
    }

    /// Returns the databases as Documents, with their sizes in bytes (`sizeOnDisk`).
    ///
    /// ```rhai
    /// assert(client.list_databases().some(|d| d.name == "admin"));
    /// ```
    method list_databases(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        let client = this.open()?;
        let reply = call.retry_read(&client, || command(this, call, doc! { "listDatabases": 1 }))?;
        Ok(reply.get("databases")?.unwrap_or_else(|| Dynamic::from_array(Vec::new())))
    }

    /// Drops the database with this name and all its collections.
    ///
    /// ```rhai
    /// client.drop_database("scratch");
    /// assert(!("scratch" in client.list_database_names()));
    /// ```
    method drop_database(this, call, name: String, options?: ONLY_SESSION) {
        let name = call.text()?;
        call.options()?;
        this.database(name).drop(call)
    }

    /// Sends a `ping` to the server and returns how long the answer took, in milliseconds.
    ///
    /// ```rhai
    /// assert(client.ping() >= 0.0);
    /// ```
    method ping(this, call) -> "float" {
        let started = std::time::Instant::now();
        command(this, call, doc! { "ping": 1 })?;
        Ok(Dynamic::from_float(started.elapsed().as_secs_f64() * 1000.0))
    }

    /// Returns what the server reports about itself: `version`, `gitVersion`, its limits, and more.
    ///
    /// ```rhai
    /// assert(client.server_info().version.len() > 0);
    /// ```
    method server_info(this, call) -> "Document" {
        Ok(Dynamic::from(command(this, call, doc! { "buildInfo": 1 })?))
    }

    /// Returns what the client knows about the deployment: its `type` and its `servers`, with their
    /// addresses, their roles, and the `error` of a server that cannot be reached.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.topology().servers.len() >= 1);
    /// ```
    method topology(this, _call) -> "Document" {
        Ok(Dynamic::from(convert::of_bson(&this.open()?.topology().describe())?))
    }

    /// Returns the current options, with the names that `connect` uses and without the password.
    ///
    /// ```rhai
    /// assert_eq(client.options.max_pool_size, 100);
    /// ```
    property options(this, _call) -> "Document" {
        Ok(Dynamic::from(convert::of_bson(&this.open()?.settings().describe())?))
    }

    /// Starts a session for causal consistency and transactions.
    ///
    /// A call belongs to it if its options contain the session:
    /// `orders.insert_one(doc, #{ session: s })`. The concerns in the options apply to its
    /// transactions.
    ///
    /// ```rhai
    /// let s = client.start_session();
    /// db.orders.insert_one(#{ n: 1 }, #{ session: s });
    /// assert_eq(db.orders.find_one(#{}, #{ session: s }).n, 1);
    /// s.end();
    /// ```
    method start_session(this, call, options?: START_SESSION) -> "Session" {
        client_session::start(&this.open()?, call)
    }

    /// Returns the connection pool of the client: `size`, `in_use`, `waiting`, `created`,
    /// `wait_ms`, `events()`, …
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.size <= client.pool.max_size);
    /// ```
    property pool(this, _call) -> "Pool" {
        Ok(Dynamic::from(Pool::new(this.open()?)))
    }

    /// Returns a short description of the client, with its servers and without its password.
    ///
    /// ```rhai
    /// assert(client.to_string().starts_with("<client"));
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Opens a change stream for all databases of the deployment.
    ///
    /// `watch()`, `watch(pipeline)`, `watch(options)` and `watch(pipeline, options)` are allowed.
    /// The stream is open on the server when `watch` returns.
    ///
    /// ```rhai
    /// let stream = client.watch([#{ "$match": #{ "ns.db": db.name } }]);
    /// db.fruit.insert_one(#{ _id: 1 });
    /// assert_eq(stream.next().fullDocument, #{ _id: 1 });
    /// ```
    method watch(this, call, pipeline?: Pipeline, options?: WATCH) -> "ChangeStream" {
        ChangeStream::start(call, this.open()?, WatchScope::Deployment, Concerns::default())
    }

    /// Makes commands of this client fail or wait on the primary, but not the commands of other
    /// clients.
    ///
    /// `commands` are the names of the commands. `times` is how often they fail; without it they
    /// fail until `off()`. `error_code`, `close_connection` and `block_ms` say what happens.
    /// `error_labels` are the labels of the error. With `write_concern_error`, a Document with
    /// `code`, `message` and `labels`, the write is applied and its write concern fails. The fail
    /// point is turned off when the script ends.
    ///
    /// ```rhai
    /// let fault = client.fail_point(#{ commands: ["insert"], times: 1, error_code: 2 });
    /// assert_throws(errors::CommandFailed, || db.fruit.insert_one(#{ n: 1 }));
    /// assert_eq(fault.times_fired, 1);
    /// fault.off();
    /// ```
    method fail_point(this, call, plan: FAIL_POINT) -> "FailPoint" {
        FailPoint::start(call, &this.open()?)
    }

    /// Closes the connection pools of the client.
    ///
    /// Each later call on the client, its databases and its collections throws `ClientClosed`. While
    /// a server of the client cannot be reached, the pools stay open until it is back.
    ///
    /// ```rhai
    /// let other = connect(#{ app_name: "other" });
    /// other.close();
    /// assert_throws(errors::ClientClosed, || other.ping());
    /// ```
    method close(this, _call) {
        this.open()?.close();
        Ok(Dynamic::UNIT)
    }

    /// Turns the trace of this client on or off.
    ///
    /// The trace writes each command to stderr, with its server, connection, duration and result.
    /// Values of fields that look like secrets are left out. If the client was opened without
    /// `--trace`, it uses separate connections while the trace is on, and its pool counts them too.
    ///
    /// ```rhai
    /// client.trace(true);
    /// client.ping();
    /// client.trace(false);
    /// ```
    method trace(this, call, on: Boolean) {
        let on = call.boolean()?;
        this.open()?.trace(on)?;
        Ok(Dynamic::UNIT)
    }

    /// Returns `true` if `close` was called.
    ///
    /// ```rhai
    /// assert(!client.is_closed);
    /// ```
    property is_closed(this, _call) -> "bool" {
        Ok(this.open()?.is_closed().into())
    }
}

/// Registers `client.NAME` and `client["NAME"]`.
pub fn register_index(module: &mut Module) {
    module
        .set_indexer_get_fn(|client: &mut Client, name: ImmutableString| Ok(client.database(name)));
}

fn command(
    client: &Client,
    call: &Call,
    command: bson::Document,
) -> std::result::Result<Document, mongo::CallError> {
    client.database("admin").run(call, command)
}
