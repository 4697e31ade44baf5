use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use crate::error::{Error, Result};
use crate::server::errors::{io_error, plain, server_error};
use crate::server::progress::Progress;

/// How long the look-up and the connection may take. Without a network, the next source must be
/// tried soon.
const REACH: Duration = Duration::from_secs(10);

/// How often the download checks whether it was cancelled.
const PAUSE: Duration = Duration::from_millis(50);

/// The maximum size of a checksum file, in bytes.
const LONGEST_NOTE: u64 = 64 * 1024;

/// An HTTP client for one source, with a limit for silence.
#[derive(Clone, Debug)]
pub(super) struct Download {
    agent: Agent,
    silence: Duration,
}

/// A message from the thread that reads from the network.
enum Piece {
    /// The response begins. Its length is in bytes, if the server gives it.
    Begun(Option<u64>),
    Bytes(Vec<u8>),
    Failed(String),
}

impl Download {
    /// Creates a client that uses only TLS, also after redirects, unless the base address starts
    /// with `http:`.
    pub(super) fn new(base: &str, silence: Duration) -> Self {
        let config = Agent::config_builder()
            .https_only(!base.starts_with("http:"))
            .timeout_resolve(Some(REACH))
            .timeout_connect(Some(REACH))
            .max_redirects(5)
            // The server may close an idle connection while the next request is being sent.
            .max_idle_connections(0)
            .user_agent(concat!("seaworthy/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
            silence,
        }
    }

    /// Downloads a short text, for example a checksum file.
    ///
    /// # Errors
    /// `Server`, if the server is not reachable, refuses, is silent for too long or breaks off; if
    /// the text is longer than 64 KiB; or if the wait was cancelled.
    pub(super) fn text(&self, address: &str, progress: &dyn Progress) -> Result<String> {
        let mut text = Vec::new();
        self.pieces(
            address,
            LONGEST_NOTE,
            progress,
            &mut |_| {},
            &mut |bytes, _| {
                text.extend_from_slice(bytes);
                Ok(())
            },
        )?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Downloads `address` to a new file. Calls `begun` with the length in bytes, or 0 if it is
    /// unknown, and `done` with the bytes so far and in all.
    ///
    /// # Errors
    /// Those of [`text`](Self::text), with `limit` as the maximum size in bytes; or an error of the
    /// disk.
    pub(super) fn file(
        &self,
        address: &str,
        to: &Path,
        limit: u64,
        progress: &dyn Progress,
        begun: &mut dyn FnMut(u64),
        done: &mut dyn FnMut(u64, u64),
    ) -> Result<()> {
        let failed = |cause: std::io::Error| io_error("write", to, &cause);
        let mut file = std::fs::File::create_new(to).map_err(failed)?;
        let mut count = 0;
        self.pieces(address, limit, progress, begun, &mut |bytes, total| {
            file.write_all(bytes).map_err(failed)?;
            count += bytes.len() as u64;
            done(count, total.max(count));
            Ok(())
        })
    }

    /// Passes on the body in pieces. A separate thread reads from the network, because a read
    /// cannot be cancelled. After a cancelled wait the thread ends with its next piece.
    fn pieces(
        &self,
        address: &str,
        limit: u64,
        progress: &dyn Progress,
        begun: &mut dyn FnMut(u64),
        take: &mut dyn FnMut(&[u8], u64) -> Result<()>,
    ) -> Result<()> {
        let failed = |reason: &str| cannot_fetch(address, reason);
        let receiver = self.start(address);
        let (mut heard, mut count, mut length) = (Instant::now(), 0_u64, None);
        loop {
            progress.check()?;
            match receiver.recv_timeout(PAUSE) {
                Ok(Piece::Begun(size)) => {
                    length = size;
                    begun(size.unwrap_or(0));
                }
                Ok(Piece::Bytes(bytes)) => {
                    count += bytes.len() as u64;
                    if count > limit {
                        return Err(failed(&format!("it is longer than {limit} bytes")));
                    }
                    take(&bytes, length.unwrap_or(0))?;
                }
                Ok(Piece::Failed(reason)) => return Err(failed(&reason)),
                Err(RecvTimeoutError::Timeout) => {
                    if heard.elapsed() > self.silence {
                        let seconds = self.silence.as_secs_f64();
                        return Err(failed(&format!("no data arrived for {seconds} s")));
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            heard = Instant::now();
        }
        match length {
            Some(length) if length != count => Err(failed(&format!(
                "it was cut off after {count} of {length} bytes"
            ))),
            _ => Ok(()),
        }
    }

    fn start(&self, address: &str) -> Receiver<Piece> {
        let (sender, receiver) = sync_channel(16);
        let (agent, address) = (self.agent.clone(), address.to_owned());
        thread::spawn(move || {
            if let Err(reason) = read(&agent, &address, &sender) {
                let _ = sender.send(Piece::Failed(reason));
            }
        });
        receiver
    }
}

fn read(
    agent: &Agent,
    address: &str,
    sender: &SyncSender<Piece>,
) -> std::result::Result<(), String> {
    let answer = agent.get(address).call().map_err(|cause| reason(&cause))?;
    let body = answer.into_body();
    if sender.send(Piece::Begun(body.content_length())).is_err() {
        return Ok(());
    }
    let mut reader = body.into_reader();
    loop {
        let mut buffer = vec![0; 64 * 1024];
        let count = match reader.read(&mut buffer) {
            // The check of the number of bytes gives a better error.
            Err(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => 0,
            other => other.map_err(|cause| plain(&cause))?,
        };
        buffer.truncate(count);
        if count == 0 || sender.send(Piece::Bytes(buffer)).is_err() {
            return Ok(());
        }
    }
}

/// Returns the reason why a request failed.
fn reason(cause: &ureq::Error) -> String {
    match cause {
        ureq::Error::HostNotFound => "its host was not found".to_owned(),
        ureq::Error::ConnectionFailed => "its host does not answer".to_owned(),
        ureq::Error::StatusCode(status) => format!("the server answered {status}"),
        ureq::Error::Timeout(_) => format!("its host did not answer within {} s", REACH.as_secs()),
        ureq::Error::TooManyRedirects => "it is redirected too many times".to_owned(),
        ureq::Error::RequireHttpsOnly(_) => "it is redirected to an address without TLS".to_owned(),
        // A failed look-up of the system does not have its own error kind.
        ureq::Error::Io(cause) if cause.to_string().contains("lookup") => {
            "its host was not found".to_owned()
        }
        ureq::Error::Io(cause) => plain(cause),
        other => other.to_string(),
    }
}

fn cannot_fetch(address: &str, reason: &str) -> Error {
    server_error(format!(
        "cannot download `{}`: {reason}",
        without_user(address)
    ))
}

/// Returns an address without the user name and password of a mirror.
fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrors_password_is_not_shown() {
        assert_eq!(
            without_user("https://ada:made-up@mirror.example/a/b.tgz"),
            "https://mirror.example/a/b.tgz"
        );
        assert_eq!(
            without_user("https://mirror.example/a@b"),
            "https://mirror.example/a@b"
        );
    }
}
