use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::message::{Message, MessageWriter};
use super::publisher::Publisher;
use super::transport::Frames;

/// A message that a client waits for an answer to.
pub(super) struct Request {
    pub message: Message,
    replies: UnboundedSender<Frames>,
    writer: MessageWriter,
    publisher: Publisher,
}

impl Request {
    pub(super) fn new(
        message: Message,
        replies: &UnboundedSender<Frames>,
        writer: &MessageWriter,
        publisher: &Publisher,
    ) -> Self {
        Self {
            message,
            replies: replies.clone(),
            writer: writer.clone(),
            publisher: publisher.clone(),
        }
    }

    /// Tells all clients that the kernel works on this request.
    pub(super) fn begin(&self) {
        self.publish("status", &json!({ "execution_state": "busy" }));
    }

    /// Answers the request, and tells all clients that everything about it was sent.
    pub(super) fn end(self, content: &Value) {
        let kind = self.message.kind().replace("_request", "_reply");
        let header = &self.message.header;
        let addresses = self.message.identities.clone();
        let frames = self.writer.frames(addresses, &kind, header, content);
        // The socket is closed at the end of the kernel.
        let _ = self.replies.send(frames);
        self.idle();
    }

    /// Ends a request that has no answer.
    pub(super) fn idle(self) {
        self.publish("status", &json!({ "execution_state": "idle" }));
    }

    /// Sends a message about this request to all clients.
    pub(super) fn publish(&self, kind: &str, content: &Value) {
        self.publisher.send(kind, &self.message.header, content);
    }
}
