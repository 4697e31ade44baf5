//! What the driver's errors mean, seen with what the client knows beyond the one call.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::Client;
use crate::error::{Error, Kind};

impl Client {
    /// The driver's own tasks go with a client that is closed, and a call that still needs one of them panics.
    pub(super) fn panic_error(&self) -> Error {
        if self.is_closed() {
            return self.closed_error();
        }
        Error::new(
            Kind::Network,
            "the driver failed inside; whether the call reached the server is not known",
        )
        .hint("look at what is there before trying again; `connect` gives a new client")
    }

    /// What the driver's error means, seen with what this client knows beyond the one call.
    pub(super) fn explain(&self, error: Error, started: Instant) -> Error {
        let mut refused = self
            .inner
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if error.kind() == Kind::Authentication {
            return refused.get_or_insert(error).clone();
        }
        if self.is_closed() {
            return self.closed_error();
        }
        let selection = self.settings().server_selection_timeout();
        let no_server = matches!(
            error.kind(),
            Kind::Network | Kind::PoolCleared | Kind::ServerSelectionTimeout
        );
        if !no_server {
            return error;
        }
        if let Some(first) = refused.as_ref() {
            return first.clone();
        }
        if !self.has_reached_a_server()
            && let Some(hint) = tls_hint(self.settings().uses_tls(), error.message())
        {
            return error.hint(hint);
        }
        // The driver's retry hands back its last error, whatever it waited for.
        if error.kind() != Kind::ServerSelectionTimeout && started.elapsed() >= selection {
            let hint =
                "check that the server runs; `server_selection_timeout_ms` sets how long to wait";
            let ms = selection.as_millis();
            return error
                .with_kind(Kind::ServerSelectionTimeout)
                .context(|message| {
                    format!("no suitable server was found within {ms} ms: {message}")
                })
                .hint(hint);
        }
        error
    }

    pub(super) fn pool_wait_error(&self) -> Error {
        let (pool, max) = (self.pool().counts(), self.settings().max_pool_size());
        let error = Error::new(
            Kind::PoolWaitTimeout,
            "no connection of the pool became free in time; nothing was sent",
        );
        if max == 0 || pool.in_use < u64::from(max) {
            return error.hint("the pool has room, but no new connection got ready: the server may hang, or needs more time");
        }
        error.hint(format!(
            "the pool has {max} {} at the most, {} in use now, {} calls waiting: raise `max_pool_size`, or hold connections for a shorter time",
            if max == 1 { "connection" } else { "connections" },
            pool.in_use,
            pool.waiting,
        ))
    }

    pub(in crate::mongo) fn closed_error(&self) -> Error {
        Error::new(Kind::ClientClosed, "the client is closed")
            .hint("open a new one with `connect(…)`")
    }
}

/// What to do where one side speaks TLS and the other does not, or does not trust: seen from how the first handshake ended.
fn tls_hint(uses_tls: bool, message: &str) -> Option<&'static str> {
    let says = |words: &str| message.contains(words);
    if uses_tls && (says("(tls handshake eof)") || says("(received corrupt message)")) {
        return Some(
            "what listens there does not take TLS: leave out `tls`, or give it a certificate and `--tlsMode`",
        );
    }
    if uses_tls && says("its certificate ") {
        return Some(
            "name the file of its authority with `tls_ca_file` (`tlsCAFile` in a URI), and use a host name that the certificate is made for",
        );
    }
    (!uses_tls && says("(unexpected end of file)")).then_some(
        "it ends the connection unanswered, as a server does that takes only TLS: try `tls: true` (`tls=true` in a URI), and `tls_ca_file` where its authority is your own",
    )
}

pub(in crate::mongo) fn deadline_error(timeout: Option<Duration>, sent: bool) -> Error {
    let ms = timeout.unwrap_or_default().as_millis();
    let what = if sent {
        "a write that was on its way may have been applied"
    } else {
        "nothing was sent"
    };
    Error::new(
        Kind::OperationTimeout,
        format!("the operation did not end within {ms} ms; {what}"),
    )
    .hint("give it more time with `timeout_ms`; look before you repeat a write")
}
