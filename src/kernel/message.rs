use bytes::Bytes;
use rand::random;
use serde_json::{Map, Value, json};

use super::signature::Signer;

/// Between the addresses of a message and its parts.
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// The version of the messaging protocol.
pub(super) const PROTOCOL: &str = "5.5";

/// A message of a client.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// The addresses for the reply.
    pub identities: Vec<Bytes>,
    /// The header as it was sent: a reply repeats it.
    pub header: Map<String, Value>,
    pub content: Value,
}

impl Message {
    /// Reads a message, or returns `None` if it is malformed or its signature is wrong.
    pub(super) fn read(frames: &[Bytes], signer: &Signer) -> Option<Self> {
        let at = frames.iter().position(|frame| *frame == DELIMITER)?;
        let (identities, rest) = frames.split_at(at);
        let [_, signature, header, parent, metadata, content, ..] = rest else {
            return None;
        };
        let parts = [header, parent, metadata, content].map(|part| &**part);
        if !signer.is_right(signature, parts) {
            return None;
        }
        let Value::Object(header) = serde_json::from_slice(header).ok()? else {
            return None;
        };
        let content: Value = serde_json::from_slice(content).ok()?;
        (header.get("msg_type")?.is_string() && content.is_object()).then(|| Self {
            identities: identities.to_vec(),
            header,
            content,
        })
    }

    pub(super) fn kind(&self) -> &str {
        self.header
            .get("msg_type")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns a text of the content, or the empty text.
    pub(super) fn text(&self, key: &str) -> &str {
        self.content[key].as_str().unwrap_or_default()
    }

    /// Returns a flag of the content.
    pub(super) fn flag(&self, key: &str, default: bool) -> bool {
        self.content[key].as_bool().unwrap_or(default)
    }
}

/// Makes the messages of one kernel.
#[derive(Clone)]
pub(super) struct MessageWriter {
    signer: Signer,
    session: String,
}

impl MessageWriter {
    pub(super) fn new(signer: Signer) -> Self {
        Self {
            signer,
            session: unique(),
        }
    }

    pub(super) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Returns a message as frames. `parent` is the header of the message that caused it.
    pub(super) fn frames(
        &self,
        addresses: Vec<Bytes>,
        kind: &str,
        parent: &Map<String, Value>,
        content: &Value,
    ) -> Vec<Bytes> {
        let header = json!({
            "msg_id": unique(),
            "session": self.session,
            "username": "kernel",
            "date": bson::DateTime::now().try_to_rfc3339_string().unwrap_or_default(),
            "msg_type": kind,
            "version": PROTOCOL,
        });
        let parent = Value::Object(parent.clone());
        let parts = [&header, &parent, &json!({}), content]
            .map(|part| Bytes::from(part.to_string().into_bytes()));
        let signature = self.signer.sign(parts.iter().map(|part| &**part));
        let mut frames = addresses;
        frames.push(Bytes::from_static(DELIMITER));
        frames.push(Bytes::from(signature));
        frames.extend(parts);
        frames
    }
}

fn unique() -> String {
    format!("{:032x}", random::<u128>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(writer: &MessageWriter) -> Vec<Bytes> {
        let content = json!({ "code": "1" });
        writer.frames(vec![Bytes::from("a")], "x_request", &Map::new(), &content)
    }

    #[test]
    fn a_written_message_can_be_read() {
        let writer = MessageWriter::new(Signer::new("key"));
        let message = Message::read(&written(&writer), writer.signer()).unwrap();
        assert_eq!((message.kind(), message.text("code")), ("x_request", "1"));
        assert_eq!(message.identities, ["a"]);
        assert!(Message::read(&written(&writer), &Signer::new("other")).is_none());
    }

    proptest! {
        #[test]
        fn a_changed_message_is_refused(part in 2_usize..7, at: prop::sample::Index, to: u8) {
            let writer = MessageWriter::new(Signer::new("key"));
            let mut frames = written(&writer);
            let mut bytes = frames[part].to_vec();
            let at = at.index(bytes.len());
            prop_assume!(!bytes[at].eq_ignore_ascii_case(&to));
            bytes[at] = to;
            frames[part] = bytes.into();
            prop_assert!(Message::read(&frames, writer.signer()).is_none());
        }

        #[test]
        fn garbage_is_refused(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..9), at in 0_usize..9) {
            let mut frames: Vec<Bytes> = frames.into_iter().map(Bytes::from).collect();
            frames.insert(at.min(frames.len()), Bytes::from_static(DELIMITER));
            prop_assert!(Message::read(&frames, &Signer::new("key")).is_none());
        }
    }
}
