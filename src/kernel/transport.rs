//! ZeroMQ: the only file that knows the crate.

use std::fs;
use std::os::unix::net::UnixStream;

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use zeromq::{DealerSocket, RouterSocket, Socket, SocketRecv, SocketSend, XPubSocket, ZmqMessage};

/// The frames of one message.
pub(super) type Frames = Vec<Bytes>;

/// A socket with several clients. A message begins with the address of its client.
pub(super) struct Router {
    pub incoming: UnboundedReceiver<Frames>,
    pub outgoing: UnboundedSender<Frames>,
    /// Ends when everything was sent and all copies of `outgoing` are gone.
    pub sending: JoinHandle<()>,
}

impl Router {
    /// Listens at an address.
    ///
    /// # Errors
    /// Why the address cannot be used.
    pub(super) async fn bind(endpoint: &str) -> Result<Self, String> {
        let mut socket = RouterSocket::new();
        bind(&mut socket, endpoint).await?;
        let (mut send, mut receive) = socket.split();
        let (received, incoming) = unbounded_channel();
        let (outgoing, mut answers) = unbounded_channel::<Frames>();
        tokio::spawn(async move {
            while let Ok(message) = receive.recv().await {
                if received.send(message.into_vec()).is_err() {
                    break;
                }
            }
        });
        let sending = tokio::spawn(async move {
            while let Some(frames) = answers.recv().await {
                if let Ok(message) = ZmqMessage::try_from(frames) {
                    // A client that is gone needs no answer.
                    let _ = send.send(message).await;
                }
            }
        });
        Ok(Self {
            incoming,
            outgoing,
            sending,
        })
    }
}

/// The socket that sends each output to all clients.
pub(super) struct Broadcast {
    socket: XPubSocket,
}

impl Broadcast {
    /// Listens at an address.
    ///
    /// # Errors
    /// Why the address cannot be used.
    pub(super) async fn bind(endpoint: &str) -> Result<Self, String> {
        let mut socket = XPubSocket::new();
        bind(&mut socket, endpoint).await?;
        Ok(Self { socket })
    }

    /// Sends what comes from `outgoing` until it is closed. `welcome` returns the message for a
    /// client that has subscribed to a topic.
    pub(super) async fn run(
        mut self,
        mut outgoing: UnboundedReceiver<Frames>,
        welcome: impl Fn(&[u8]) -> Frames,
    ) {
        loop {
            let frames = tokio::select! {
                sent = outgoing.recv() => match sent {
                    Some(frames) => frames,
                    None => break,
                },
                subscription = self.socket.recv() => match subscribed_topic(subscription.ok()) {
                    Some(topic) => welcome(&topic),
                    None => continue,
                },
            };
            if let Ok(message) = ZmqMessage::try_from(frames) {
                // A client that is gone needs no output.
                let _ = self.socket.send(message).await;
            }
        }
    }
}

/// Sends one message as a client, and returns the first answer.
pub(super) async fn ask(endpoint: &str, frames: Frames) -> Option<Frames> {
    let mut socket = DealerSocket::new();
    socket.connect(endpoint).await.ok()?;
    let message = ZmqMessage::try_from(frames).ok()?;
    socket.send(message).await.ok()?;
    Some(socket.recv().await.ok()?.into_vec())
}

async fn bind(socket: &mut impl Socket, endpoint: &str) -> Result<(), String> {
    if let Some(path) = endpoint.strip_prefix("ipc://")
        && UnixStream::connect(path).is_err()
    {
        // A kernel that was killed leaves its sockets behind. The path may also not exist.
        let _ = fs::remove_file(path);
    }
    let bound = socket.bind(endpoint).await;
    bound
        .map(drop)
        .map_err(|cause| format!("cannot listen at `{endpoint}`: {cause}"))
}

fn subscribed_topic(message: Option<ZmqMessage>) -> Option<Vec<u8>> {
    let message = message?;
    let (first, topic) = message.get(0)?.split_first()?;
    (*first == 1).then(|| topic.to_vec())
}
