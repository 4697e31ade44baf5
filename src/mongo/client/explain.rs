//! Explains the driver's errors with what the client knows from other calls.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use bson::Bson;

use super::Client;
use crate::error::{Error, Kind};
use crate::mongo::pool::checkout_watch::CheckoutWatch;

impl Client {
    /// Returns the error for a call that panicked: after `close`, the driver's tasks have ended,
    /// and a call that needs one panics.
    pub(super) fn panic_error(&self) -> Error {
        if self.is_closed() {
            return self.closed_error();
        }
        Error::new(
            Kind::Network,
            "the driver failed with an internal error; the server may have received the call",
        )
        .hint("check the data before you try again; `connect` opens a new client")
    }

    /// Improves a driver error with what this client knows from other calls.
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
        // After a retry, the driver returns its last error, also after a long server selection.
        if error.kind() != Kind::ServerSelectionTimeout && started.elapsed() >= selection {
            let hint =
                "check that the server runs; `server_selection_timeout_ms` sets how long to wait";
            let ms = selection.as_millis();
            // An earlier attempt may have reached a server, so the error keeps its cause.
            let mut error = error;
            let cause = Bson::String(error.message().to_owned());
            error.facts_mut().details.get_or_insert(cause);
            return error
                .with_kind(Kind::ServerSelectionTimeout)
                .context(|message| {
                    format!("no suitable server was found within {ms} ms: {message}")
                })
                .hint(hint);
        }
        error
    }

    /// Returns the error for a call that ended because all servers refuse the client.
    pub(super) fn refusal(&self) -> Error {
        let refused = self.inner.refused.lock();
        let refused = refused.unwrap_or_else(PoisonError::into_inner).clone();
        refused
            .or_else(|| self.topology().refusal(None))
            .unwrap_or_else(|| Error::new(Kind::ServerSelectionTimeout, "no server can be reached"))
    }

    pub(super) fn pool_wait_error(&self, watch: &CheckoutWatch) -> Error {
        let pool = watch
            .pool_at_the_end()
            .unwrap_or_else(|| self.pool().counts());
        let max = self.settings().max_pool_size();
        let error = Error::new(
            Kind::PoolWaitTimeout,
            "no connection of the pool became free in time; nothing was sent",
        );
        if max == 0 || pool.in_use < u64::from(max) {
            return error.hint("the pool is not full, but no new connection became ready: the server may hang, or needs more time");
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

/// Returns the hint if only one side uses TLS, or if the certificate is not trusted. The end of the
/// first handshake shows this.
fn tls_hint(uses_tls: bool, message: &str) -> Option<&'static str> {
    let says = |words: &str| message.contains(words);
    if uses_tls && (says("(tls handshake eof)") || says("(received corrupt message)")) {
        return Some(
            "the server does not accept TLS: leave out `tls`, or start it with a certificate and `--tlsMode`",
        );
    }
    if uses_tls && says("its certificate ") {
        return Some(
            "give the file of its certificate authority with `tls_ca_file` (`tlsCAFile` in a URI), and use a host name of the certificate",
        );
    }
    (!uses_tls && says("(unexpected end of file)")).then_some(
        "the server closes the connection without an answer, perhaps because it requires TLS: try `tls: true` (`tls=true` in a URI), and `tls_ca_file` for your own certificate authority",
    )
}

pub(in crate::mongo) fn deadline_error(timeout: Option<Duration>, sent: bool) -> Error {
    let ms = timeout.unwrap_or_default().as_millis();
    let what = if sent {
        "a write that was already sent may have been applied"
    } else {
        "nothing was sent"
    };
    Error::new(
        Kind::OperationTimeout,
        format!("the operation did not end within {ms} ms; {what}"),
    )
    .hint("increase `timeout_ms`; check the data before you repeat a write")
}
