use std::future::{Future, IntoFuture};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::error::ErrorKind;
use mongodb::options::ServerAddress;

use super::bridge::Bridge;
use super::call_error::CallError;
use super::client::Client;
use super::convert_error::convert;
use super::interrupt::Interrupt;
use crate::error::server_codes::UNAUTHORIZED;
use crate::error::{Error, Kind, Result};
use crate::record::{FaultKind, OpenFault};

/// How long a command about a fail point may take.
const LIMIT: Duration = Duration::from_secs(2);

/// The settings of a fail point.
#[derive(Clone, Debug)]
pub struct FailPlan {
    pub commands: Vec<String>,
    /// How often it fires; `None` means until it is turned off.
    pub times: Option<i32>,
    pub error_code: Option<i32>,
    pub close_connection: bool,
    pub block: Option<Duration>,
    /// The labels of the error, instead of those that the server gives it.
    pub error_labels: Option<Vec<String>>,
    /// The write concern error in the reply of a write that is applied.
    pub write_concern_error: Option<Document>,
}

impl FailPlan {
    fn mode(&self) -> Bson {
        match self.times {
            Some(times) => doc! { "times": times }.into(),
            None => "alwaysOn".into(),
        }
    }

    fn data(&self, app_name: &str, before: i64) -> Document {
        let mut data = doc! { "failCommands": self.commands.clone(), "appName": app_name };
        if let Some(code) = self.error_code {
            data.insert("errorCode", code);
        }
        if self.close_connection {
            data.insert("closeConnection", true);
        }
        if let Some(time) = self.block {
            data.insert("blockConnection", true);
            data.insert(
                "blockTimeMS",
                i64::try_from(time.as_millis()).unwrap_or(i64::MAX),
            );
        }
        if let Some(labels) = &self.error_labels {
            data.insert("errorLabels", labels.clone());
        }
        if let Some(error) = &self.write_concern_error {
            data.insert("writeConcernError", error.clone());
        }
        // With these counts, another client can see whether the fail point is used up.
        data.insert("firedBefore", before);
        if let Some(times) = self.times {
            data.insert("firesAtMost", times);
        }
        data
    }
}

/// The server's `failCommand`, limited to one client by its unique application name.
///
/// It has its own connection, so that neither the fault nor a full pool affects its control.
#[derive(Debug)]
pub struct FailPoint {
    bridge: Bridge,
    plan: FailPlan,
    app_name: String,
    /// How often the server's fail point had fired before this one was set.
    before: i64,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    On(mongodb::Client, Option<OpenFault>),
    /// How often it had fired when it was turned off.
    Off(i64),
}

impl FailPoint {
    /// Returns the names of the commands that it affects.
    pub fn commands(&self) -> &[String] {
        &self.plan.commands
    }

    /// Turns the fail point on, on the primary.
    ///
    /// # Errors
    /// `Server`, if another one is on, or if the server runs without test commands.
    pub fn set(
        client: &Client,
        interrupt: &Interrupt,
        plan: FailPlan,
    ) -> std::result::Result<Self, CallError> {
        let driver = client.guarded_by(interrupt, control_client(client))?;
        let set = Self::set_with(client, interrupt, plan, driver.clone());
        if set.is_err() {
            close(client.bridge(), driver);
        }
        set
    }

    fn set_with(
        client: &Client,
        interrupt: &Interrupt,
        plan: FailPlan,
        driver: mongodb::Client,
    ) -> std::result::Result<Self, CallError> {
        let (found, is_free) = client.guarded_by(interrupt, async {
            let found = read(&driver).await;
            let is_free = match &found {
                Ok(found) => !found.is_on() || found.is_abandoned(&driver).await,
                Err(_) => false,
            };
            Ok((found, is_free))
        })?;
        let found = found.map_err(|error| without_test_commands(&error))?;
        if !is_free {
            return Err(already_set().into());
        }
        let app_name = client.wire_name().to_owned();
        let data = plan.data(&app_name, found.fired);
        let command =
            doc! { "configureFailPoint": "failCommand", "mode": plan.mode(), "data": data };
        let admin = driver.database("admin");
        let answer =
            client.guarded_by(interrupt, async { Ok(admin.run_command(command).await) })?;
        answer.map_err(|error| without_test_commands(&error))?;
        // Another client may have set one at the same time. The last one wins.
        let taken = client.guarded_by(interrupt, async { Ok(read(&driver).await) })?;
        if taken.is_ok_and(|taken| taken.app_name.as_deref() != Some(&app_name)) {
            return Err(already_set().into());
        }
        let fault = client
            .bridge()
            .recorder()
            .map(|recorder| recorder.begin_fault(FaultKind::FailPoint, &plan.commands.join(", ")));
        Ok(Self {
            bridge: client.bridge().clone(),
            plan,
            app_name,
            before: found.fired,
            state: Mutex::new(State::On(driver, fault)),
        })
    }

    /// Turns the fail point off. A second call does nothing.
    ///
    /// # Errors
    /// If the server is not reachable. Then its fail point has ended with it.
    pub fn off(&self) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::On(driver, fault) = &mut *state else {
            return Ok(());
        };
        let (driver, fault) = (driver.clone(), fault.take());
        let turned_off = self.bridge.block_on(bounded(async {
            let found = read(&driver).await?;
            if found.app_name.as_deref() == Some(&self.app_name) && found.before == self.before {
                let off = doc! { "configureFailPoint": "failCommand", "mode": "off" };
                driver.database("admin").run_command(off).await?;
            }
            Ok(self.fired(&found))
        }));
        if let Some(fault) = fault {
            let fired = turned_off.as_ref().ok();
            fault.end(fired.and_then(|fired| u64::try_from(*fired).ok()));
        }
        *state = State::Off(turned_off.as_ref().map_or(0, |fired| *fired));
        close(&self.bridge, driver);
        turned_off.map(drop)
    }

    pub fn is_off(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*state, State::Off(_))
    }

    /// Returns how often it has made a command fail or wait.
    ///
    /// # Errors
    /// If the server is not reachable.
    pub fn times_fired(&self) -> Result<i64> {
        let driver = match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::On(driver, _) => driver.clone(),
            State::Off(fired) => return Ok(*fired),
        };
        let found = self.bridge.block_on(bounded(read(&driver)))?;
        Ok(self.fired(&found))
    }

    fn fired(&self, found: &FailPointStatus) -> i64 {
        let fired = (found.fired - self.before).max(0);
        // Later counts belong to a later fail point.
        self.plan
            .times
            .map_or(fired, |times| fired.min(times.into()))
    }
}

/// The state of the server's `failCommand`.
struct FailPointStatus {
    mode: i32,
    fired: i64,
    /// Its count when it was set, if this program set it.
    before: i64,
    times: Option<i64>,
    app_name: Option<String>,
}

impl FailPointStatus {
    fn is_on(&self) -> bool {
        let used_up = self
            .times
            .is_some_and(|times| self.fired - self.before >= times);
        self.mode != 0 && !used_up
    }

    /// Returns whether no client with its application name is connected, because its program was
    /// killed.
    async fn is_abandoned(&self, driver: &mongodb::Client) -> bool {
        let Some(app_name) = &self.app_name else {
            return false;
        };
        let pipeline = [
            doc! { "$currentOp": { "allUsers": true, "idleConnections": true } },
            doc! { "$match": { "appName": app_name } },
            doc! { "$limit": 1 },
        ];
        let connected = async {
            let cursor = driver.database("admin").aggregate(pipeline).await?;
            cursor.try_collect::<Vec<Document>>().await
        };
        connected.await.is_ok_and(|connected| connected.is_empty())
    }
}

/// Reads the state of the server's fail point.
async fn read(driver: &mongodb::Client) -> mongodb::error::Result<FailPointStatus> {
    let command = doc! { "getParameter": 1, "failpoint.failCommand": 1 };
    let reply = driver.database("admin").run_command(command).await?;
    let state = reply.get_document("failpoint.failCommand").ok();
    let data = state.and_then(|state| state.get_document("data").ok());
    let number = |document: Option<&Document>, name: &str| match document?.get(name)? {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        _ => None,
    };
    Ok(FailPointStatus {
        mode: state.map_or(0, |state| state.get_i32("mode").unwrap_or_default()),
        fired: number(state, "timesEntered").unwrap_or_default(),
        before: number(data, "firedBefore").unwrap_or_default(),
        times: number(data, "firesAtMost"),
        app_name: data
            .and_then(|data| data.get_str("appName").ok())
            .map(str::to_owned),
    })
}

/// Opens a driver's client to control the fail point. It connects only to the primary, where the
/// fail point is set.
async fn control_client(client: &Client) -> mongodb::error::Result<mongodb::Client> {
    let mut options = client.settings().driver.clone();
    options.app_name = Some("seaworthy faults".to_owned());
    options.max_pool_size = Some(2);
    options.min_pool_size = None;
    let driver = mongodb::Client::with_options(options.clone())?;
    if options.direct_connection == Some(true) {
        return Ok(driver);
    }
    let hello = driver
        .database("admin")
        .run_command(doc! { "hello": 1 })
        .await?;
    let Some(address) = hello
        .get_str("me")
        .ok()
        .and_then(|me| ServerAddress::parse(me).ok())
    else {
        return Ok(driver);
    };
    driver.shutdown().immediate(true).await;
    options.hosts = vec![address];
    options.direct_connection = Some(true);
    mongodb::Client::with_options(options)
}

/// Without test commands, a server knows neither the parameter nor the command. Its error for the
/// parameter has no code, so the driver reports an invalid response.
fn without_test_commands(error: &mongodb::error::Error) -> Error {
    match error.kind.as_ref() {
        ErrorKind::Command(command) if command.code == UNAUTHORIZED => convert(error),
        ErrorKind::Command(_) | ErrorKind::InvalidResponse { .. } => {
            Error::new(Kind::Server, "this server has no fail points: it runs without test commands")
                .hint("use a `replica_set(…)`, or the private server without `--tcp`: servers in production run without test commands")
        }
        _ => convert(error),
    }
}

/// Runs a command about a fail point with a time limit.
async fn bounded<T>(command: impl Future<Output = mongodb::error::Result<T>>) -> Result<T> {
    match tokio::time::timeout(LIMIT, command).await {
        Ok(done) => done.map_err(|error| convert(&error)),
        Err(_) => Err(
            Error::new(Kind::Server, "the server of the fail point does not answer")
                .hint("if the server has ended, its fail point has ended too"),
        ),
    }
}

fn already_set() -> Error {
    Error::new(Kind::Server, "this server already has a fail point").hint(
        "a server can have only one: turn the other one off with `off()`, let the script that set it end, or use a `replica_set(…)` of your own; one that another program set ends with `client.admin.command(#{ configureFailPoint: \"failCommand\", mode: \"off\" })`",
    )
}

fn close(bridge: &Bridge, driver: mongodb::Client) {
    let shutdown = driver.shutdown().immediate(true);
    bridge.block_on(shutdown.into_future());
}
