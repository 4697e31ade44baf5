use std::time::Duration;

/// Where MongoDB's own archives are fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archives {
    /// The address that the archives' paths are put behind: MongoDB's own host, or a mirror with the same paths.
    ///
    /// A mirror serves the checksums as well: it is trusted as much as it deserves.
    pub base: String,
    /// How long a server may send nothing before it is given up.
    pub silence: Duration,
}

impl Archives {
    /// MongoDB's own host, over TLS.
    pub const PUBLISHER: &str = "https://fastdl.mongodb.org";

    /// The archives below an address.
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
