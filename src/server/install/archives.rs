use std::time::Duration;

/// Where to download MongoDB's archives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archives {
    /// The base address of the archives: MongoDB's host, or a mirror with the same paths.
    ///
    /// A mirror also serves the checksums, so the user must trust it.
    pub base: String,
    /// How long a server may send no data before the download fails.
    pub silence: Duration,
}

impl Archives {
    /// MongoDB's host, over TLS.
    pub const PUBLISHER: &str = "https://fastdl.mongodb.org";

    /// Uses the archives below an address.
    pub fn at(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            silence: Duration::from_secs(30),
        }
    }
}

impl Default for Archives {
    fn default() -> Self {
        Self::at(Self::PUBLISHER)
    }
}
