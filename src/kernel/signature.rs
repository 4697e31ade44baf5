use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs the messages of a kernel with HMAC-SHA256.
#[derive(Clone)]
pub(super) struct Signer {
    hmac: Option<Hmac<Sha256>>,
}

impl Signer {
    pub(super) fn new(key: &str) -> Self {
        // HMAC accepts keys of every length.
        Self {
            hmac: Hmac::new_from_slice(key.as_bytes()).ok(),
        }
    }

    /// Returns the signature of the parts of a message in hexadecimal digits.
    pub(super) fn sign<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
        let Some(hmac) = self.over(parts) else {
            return String::new();
        };
        let bytes = hmac.finalize().into_bytes();
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Returns whether a signature is right. The time it takes does not depend on where it is wrong.
    pub(super) fn is_right<'a>(
        &self,
        signature: &[u8],
        parts: impl IntoIterator<Item = &'a [u8]>,
    ) -> bool {
        match (self.over(parts), bytes_of(signature)) {
            (Some(hmac), Some(signature)) => hmac.verify_slice(&signature).is_ok(),
            _ => false,
        }
    }

    fn over<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Option<Hmac<Sha256>> {
        let mut hmac = self.hmac.clone()?;
        for part in parts {
            hmac.update(part);
        }
        Some(hmac)
    }
}

fn bytes_of(hexadecimal: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(hexadecimal).ok()?;
    let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hexadecimal || text.len() % 2 != 0 {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_signature_is_accepted() {
        // RFC 4231, test case 2.
        let signer = Signer::new("Jefe");
        let parts: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signer.sign(parts), right);
        assert!(signer.is_right(right.as_bytes(), parts));
        for wrong in [
            "",
            "5b",
            "é",
            "5bdc0",
            &right.replace("3843", "3844"),
            &right[..62],
        ] {
            assert!(!signer.is_right(wrong.as_bytes(), parts), "{wrong}");
        }
        assert!(!Signer::new("jefe").is_right(right.as_bytes(), parts));
    }
}
