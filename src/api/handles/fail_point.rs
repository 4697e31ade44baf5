//! The script type `FailPoint`: an error that a server produces on purpose.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bson::{Bson, Document, doc};
use rhai::Dynamic;

use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::error::{Error, Result};
use crate::mongo::{self, CallOptions, FailPlan};

/// A fail point in a script. Copies refer to the same fail point.
#[derive(Clone)]
pub struct FailPoint {
    inner: Arc<mongo::FailPoint>,
}

/// The longest time that a command can be made to wait.
const LONGEST_BLOCK: Duration = Duration::from_secs(3600);

impl FailPoint {
    /// Turns a fail point on with the `plan` of a call, until the script ends.
    pub fn start(call: &mut Call, client: &mongo::Client) -> FunctionResult {
        let plan = plan(call.options()?)?;
        let point = Arc::new(mongo::FailPoint::set(
            client,
            call.session.interrupt(),
            plan,
        )?);
        call.session.resources().add_fail_point(Arc::clone(&point));
        Ok(Dynamic::from(Self { inner: point }))
    }
}

fn plan(mut options: CallOptions) -> Result<FailPlan> {
    let commands: Option<Vec<String>> = match options.take("commands") {
        Some(Bson::String(command)) => Some(vec![command]),
        Some(value) => bson::deserialize_from_bson(value).ok(),
        None => None,
    };
    let commands = commands.filter(|commands| !commands.is_empty());
    let commands = commands.ok_or_else(|| {
        Error::invalid_argument("`fail_point` needs `commands`, an array of command names")
            .hint("for example `client.fail_point(#{ commands: [\"insert\"], times: 2, error_code: 10107 })`")
    })?;
    let times: Option<i32> = options.take_as("times", "a whole number")?;
    if times.is_some_and(|times| times < 1) {
        return Err(
            Error::invalid_argument("`times` of `fail_point` must be 1 or more")
                .hint("leave it out for a fail point that stays on until `off()`"),
        );
    }
    let plan = FailPlan {
        commands,
        times,
        error_code: options.take_as("error_code", "one of the server's error codes")?,
        close_connection: options
            .take_as("close_connection", "`true` or `false`")?
            .unwrap_or(false),
        block: options
            .take_ms("block_ms")?
            .map(|time| time.min(LONGEST_BLOCK)),
        error_labels: options.take_as("error_labels", "an array of strings")?,
        write_concern_error: write_concern_error(&mut options)?,
    };
    let does_something = plan.error_code.is_some()
        || plan.close_connection
        || plan.block.is_some()
        || plan.write_concern_error.is_some();
    if !does_something {
        return Err(
            Error::invalid_argument("`fail_point` does not say what should happen").hint(
                "add `error_code`, `close_connection: true`, `write_concern_error` or `block_ms`, or several of them",
            ),
        );
    }
    Ok(plan)
}

/// Takes `#{ code, message, labels }`, and returns it with the server's names.
fn write_concern_error(options: &mut CallOptions) -> Result<Option<Document>> {
    let Some(given) = options.take_as::<Document>("write_concern_error", "a Document")? else {
        return Ok(None);
    };
    let known = ["code", "message", "labels"];
    let mut given = CallOptions::new("write_concern_error", given, &known)?;
    let code: Option<i32> = given.take_as("code", "one of the server's error codes")?;
    let code = code.ok_or_else(|| {
        Error::invalid_argument("`write_concern_error` needs a `code`")
            .hint("for example `write_concern_error: #{ code: 91, message: \"shutting down\" }`")
    })?;
    let message: Option<String> = given.take_as("message", "a string")?;
    let labels: Option<Vec<String>> = given.take_as("labels", "an array of strings")?;
    let mut error = doc! { "code": code, "errmsg": message.unwrap_or_default() };
    if let Some(labels) = labels {
        error.insert("errorLabels", labels);
    }
    Ok(Some(error))
}

impl fmt::Display for FailPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<fail point for {}>", self.inner.commands().join(", "))
    }
}

methods! { FailPoint, "FailPoint";
    /// Turns the fail point off.
    ///
    /// Turning it off twice is allowed. It is also turned off when the script ends.
    ///
    /// ```rhai
    /// let fault = client.fail_point(#{ commands: ["insert"], close_connection: true });
    /// fault.off();
    /// db.fruit.insert_one(#{ n: 1 });
    /// ```
    method off(this, _call) {
        this.inner.off()?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the fail point: the commands that it affects.
    ///
    /// ```rhai
    /// let fault = client.fail_point(#{ commands: ["insert"], block_ms: 1 });
    /// assert_eq(fault.to_string(), "<fail point for insert>");
    /// fault.off();
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Returns how many commands the fail point has affected since it was created.
    ///
    /// ```rhai
    /// let fault = client.fail_point(#{ commands: ["insert"], times: 2, block_ms: 10 });
    /// db.fruit.insert_one(#{ n: 1 });
    /// assert_eq(fault.times_fired, 1);
    /// fault.off();
    /// ```
    property times_fired(this, _call) -> "integer" {
        Ok(this.inner.times_fired()?.into())
    }
}
