//! The script type `Client`: one deployment, reached through pools of its own.

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

/// A client as scripts hold it.
#[derive(Clone)]
pub struct Client {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Open(mongo::Client),
    /// The session's own client, which is opened when it is first used: a script that never uses it needs no server.
    Session(Session),
}

impl Client {
    pub fn new(client: mongo::Client) -> Self {
        Self {
            source: Source::Open(client),
        }
    }

    /// The client of a session's server.
    pub fn of_session(session: Session) -> Self {
        Self {
            source: Source::Session(session),
        }
    }

    /// The client itself, opened by now.
    ///
    /// # Errors
    /// `Server` where the private server cannot be started, `InvalidUri` where the session's URI cannot be read.
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

methods! { Client, "Client";
    /// Gives the database of that name, whatever its name is. `client.NAME` and `client["NAME"]` do the same.
    ///
    /// ```rhai
    /// assert_eq(client.database("shop").name, "shop");
    /// ```
    method database(this, call, name: String) -> "Database" {
        Ok(Dynamic::from(this.database(call.text()?)))
    }

    /// Lists the names of the databases that hold something.
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

    /// Lists the databases with their sizes in bytes (`sizeOnDisk`), as Documents.
    ///
    /// ```rhai
    /// assert(client.list_databases().some(|d| d.name == "admin"));
    /// ```
    method list_databases(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        let reply = command(this, call, doc! { "listDatabases": 1 })?;
        Ok(reply.get("databases")?.unwrap_or_else(|| Dynamic::from_array(Vec::new())))
    }

    /// Drops a whole database.
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

    /// Asks the server for a sign of life, and gives the milliseconds until it came.
    ///
    /// ```rhai
    /// assert(client.ping() >= 0.0);
    /// ```
    method ping(this, call) -> "float" {
        let started = std::time::Instant::now();
        command(this, call, doc! { "ping": 1 })?;
        Ok(Dynamic::from_float(started.elapsed().as_secs_f64() * 1000.0))
    }

    /// What the server says about itself: `version`, `gitVersion`, limits, and more.
    ///
    /// ```rhai
    /// assert(client.server_info().version.len() > 0);
    /// ```
    method server_info(this, call) -> "Document" {
        Ok(Dynamic::from(command(this, call, doc! { "buildInfo": 1 })?))
    }

    /// What the client knows about the deployment: its `type`, and its `servers` with their addresses, their roles, and
    /// the `error` of one that cannot be reached.
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.topology().servers.len() >= 1);
    /// ```
    method topology(this, _call) -> "Document" {
        Ok(Dynamic::from(convert::of_bson(&this.open()?.topology().describe())?))
    }

    /// The options in force, by the names that `connect` takes, without the password.
    ///
    /// ```rhai
    /// assert_eq(client.options.max_pool_size, 100);
    /// ```
    property options(this, _call) -> "Document" {
        Ok(Dynamic::from(convert::of_bson(&this.open()?.settings().describe())?))
    }

    /// Starts a session, for causal consistency and transactions. It goes into the options of the calls that belong to
    /// it: `orders.insert_one(doc, #{ session: s })`. The concerns are those of its transactions.
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

    /// What the client's connections are doing: `size`, `in_use`, `waiting`, `created`, `wait_ms`, `events()`, ….
    ///
    /// ```rhai
    /// client.ping();
    /// assert(client.pool.size <= client.pool.max_size);
    /// ```
    property pool(this, _call) -> "Pool" {
        Ok(Dynamic::from(Pool::new(this.open()?)))
    }

    /// The client in one line, with its servers and without its password.
    ///
    /// ```rhai
    /// assert(client.to_string().starts_with("<client"));
    /// ```
    method to_string(this, _call) -> "string" {
        let client = this.open()?;
        let servers = client.settings().servers().join(", ");
        Ok(format!("<client of {servers}>").into())
    }

    /// Watches every change in the deployment: `watch()`, `watch(pipeline)`, `watch(options)`, `watch(pipeline, options)`.
    /// The stream is open on the server when this returns.
    ///
    /// ```rhai
    /// let stream = client.watch([#{ "$match": #{ "ns.db": db.name } }]);
    /// db.fruit.insert_one(#{ _id: 1 });
    /// assert_eq(stream.next().fullDocument, #{ _id: 1 });
    /// ```
    method watch(this, call, pipeline?: Pipeline, options?: WATCH) -> "ChangeStream" {
        ChangeStream::start(call, this.open()?, WatchScope::Deployment, Concerns::default())
    }

    /// Makes the primary fail some commands of this client, and of nobody else: `commands`, how many `times` (without it
    /// until `off()`), and what happens: `error_code`, `close_connection`, `block_ms`. It is off when the script ends.
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

    /// Closes the client's pools. Every later call on it, its databases and its collections throws `ClientClosed`.
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

    /// Shows each command that this client sends from now on, on the error stream, with its server, connection, duration and
    /// outcome, or shows them no more. Values of fields that look like secrets are left out. A client that was opened
    /// without `--trace` uses connections of their own meanwhile, which its pool counts too.
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

    /// Whether `close` was called.
    ///
    /// ```rhai
    /// assert(!client.is_closed);
    /// ```
    property is_closed(this, _call) -> "bool" {
        Ok(this.open()?.is_closed().into())
    }
}

/// `client.NAME` and `client["NAME"]`.
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
