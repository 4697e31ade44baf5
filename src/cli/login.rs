//! Which server and which user: `--uri`, `--host`, `--port`, `--username`, and the question for the
//! password.

use std::io::Write;

use super::low_options::LowOptions;
use super::secret::Secret;
use super::settings::{Action, Settings, Uri, UriOrigin};
use super::streams::Streams;
use crate::error::{Error, Result, visible};
use crate::mongo::{ConnectionString, percent_encoded};
use crate::terminal::HiddenInput;

/// Returns the connection string of `--uri`, or that of `--host` and `--port`.
pub(super) fn uri_of_options(options: &LowOptions) -> Option<Secret> {
    if options.uri.is_some() {
        return options.uri.clone();
    }
    let host = match (&options.host, options.port) {
        (None, None) => return None,
        (Some(host), _) if host.contains("://") => return Some(Secret::new(host)),
        (Some(host), None) => host_of(host),
        (host, Some(port)) => format!("{}:{port}", host_of(host.as_deref().unwrap_or("localhost"))),
    };
    Some(Secret::new(&format!("mongodb://{host}/")))
}

/// Returns hosts as a connection string has them: the path of a socket is encoded.
fn host_of(host: &str) -> String {
    match host.starts_with('/') {
        true => percent_encoded(host.as_bytes()),
        false => host.to_owned(),
    }
}

/// Adds the user of `--username` to the server.
///
/// # Errors
/// `InvalidArgument` if the private server would be used, which has its own user.
pub(super) fn with_user(uri: Option<Uri>, options: &LowOptions) -> Result<Option<Uri>> {
    let Some(user) = &options.username else {
        let asks = options.password && uri.as_ref().is_none_or(|uri| user_of(uri).is_none());
        return match asks {
            true => Err(Error::invalid_argument(
                "`--password` asks for the password of a user, and there is none",
            )
            .hint("add `--username NAME`")),
            false => Ok(uri),
        };
    };
    let Some(uri) = uri else {
        return Err(Error::invalid_argument(
            "`--username` needs a server: the private one has its own user",
        )
        .hint("add `--host HOST` or `--uri URI`"));
    };
    let text = ConnectionString::new(uri.text.expose()).with_login(user, None);
    let text = Secret::new(text.expose());
    Ok(Some(Uri { text, ..uri }))
}

fn user_of(uri: &Uri) -> Option<String> {
    ConnectionString::new(uri.text.expose()).user_without_password()
}

/// Asks for the password of a user who has none.
///
/// # Errors
/// `InvalidArgument` if there is no terminal, or if no password was typed.
pub(super) fn ask_for_password(settings: &mut Settings, streams: &mut Streams) -> Result<()> {
    let uses_server = settings.action.runs_scripts()
        || matches!(settings.action, Action::Import(_) | Action::Export(_));
    let Some(uri) = settings.uri.as_mut().filter(|_| uses_server) else {
        return Ok(());
    };
    let Some(user) = user_of(uri).filter(|_| uri.origin != UriOrigin::Trial) else {
        return Ok(());
    };
    let text = ConnectionString::new(uri.text.expose());
    let hosts = text.hosts().join(",");
    if !streams.input_is_terminal || !streams.errors_are_terminal {
        return Err(Error::invalid_argument(format!(
            "the connection string has no password for the user `{user}`, and there is no terminal to ask for it"
        ))
        .hint("put the connection string with the password into the variable `MONGODB_URI`, which other users cannot read"));
    }
    let hidden = HiddenInput::begin();
    let question = format!("password for {user} at {hosts}: ");
    let _ = write!(streams.errors, "{}", visible(&question));
    let _ = streams.errors.flush();
    let password = hidden.and_then(HiddenInput::read_line);
    let _ = writeln!(streams.errors);
    let password = password.ok_or_else(|| {
        Error::invalid_argument(format!("no password was typed for the user `{user}`"))
    })?;
    uri.text = Secret::new(text.with_login(&user, Some(&password)).expose());
    Ok(())
}
