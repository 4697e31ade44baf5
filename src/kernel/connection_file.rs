use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

/// The file in which Jupyter says where the kernel listens and how messages are signed.
#[derive(Clone, Deserialize)]
pub struct ConnectionFile {
    transport: Transport,
    ip: String,
    shell_port: u16,
    iopub_port: u16,
    stdin_port: u16,
    control_port: u16,
    hb_port: u16,
    pub(super) key: String,
    signature_scheme: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Transport {
    Tcp,
    Ipc,
}

/// The five sockets of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Shell,
    Control,
    Iopub,
    Stdin,
    Heartbeat,
}

impl ConnectionFile {
    /// Reads a connection file.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not one, or if its messages are not signed.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|cause| {
            Error::invalid_argument(format!("`{shown}` cannot be read: {cause}"))
        })?;
        // The cause could quote the key.
        let file: Self = serde_json::from_str(&text).map_err(|cause| {
            let (line, column) = (cause.line(), cause.column());
            Error::invalid_argument(format!(
                "`{shown}` is not a connection file of Jupyter: line {line}, column {column}"
            ))
        })?;
        if file.signature_scheme != "hmac-sha256" {
            return Err(Error::invalid_argument(format!(
                "`{shown}` asks for signatures that are not `hmac-sha256`"
            )));
        }
        if file.key.is_empty() {
            return Err(
                Error::invalid_argument(format!("`{shown}` has no key for signatures")).hint(
                    "without a key, every user of this machine could send code; do not set `Session.key` to an empty text",
                ),
            );
        }
        Ok(file)
    }

    /// Returns the address of a socket.
    pub(super) fn endpoint(&self, channel: Channel) -> String {
        let port = match channel {
            Channel::Shell => self.shell_port,
            Channel::Control => self.control_port,
            Channel::Iopub => self.iopub_port,
            Channel::Stdin => self.stdin_port,
            Channel::Heartbeat => self.hb_port,
        };
        let ip = &self.ip;
        match self.transport {
            Transport::Tcp if ip.contains(':') => format!("tcp://[{ip}]:{port}"),
            Transport::Tcp => format!("tcp://{ip}:{port}"),
            Transport::Ipc => format!("ipc://{ip}-{port}"),
        }
    }
}
