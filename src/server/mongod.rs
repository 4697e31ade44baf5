use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The version of a server, for example 6.0.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

impl Version {
    /// The oldest server that supports the options of the private server: 5.0.
    pub const OLDEST: Self = Self {
        major: 5,
        minor: 0,
        patch: 0,
    };

    /// Parses `6.0.5`, also with a `v` before it or `-rc1` after it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let mut numbers = text.split(['.', '-', '+']).map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self {
            major: next()?,
            minor: next()?,
            patch: next().unwrap_or(0),
        })
    }

    /// Returns the series, for example `6.0`. Servers of one series can open each other's data.
    pub fn series(&self) -> String {
        format!("{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Where a `mongod` was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Named by `--mongod` or `SEAWORTHY_MONGOD`.
    Given,
    /// On the `PATH`.
    Path,
    /// Downloaded by this program, now or earlier.
    Cache,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "--mongod or SEAWORTHY_MONGOD",
            Self::Path => "the PATH",
            Self::Cache => "the cache",
        })
    }
}

/// A `mongod` that runs on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mongod {
    pub path: PathBuf,
    pub version: Version,
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let version = Version::parse("v6.0.5").unwrap();
        assert_eq!(
            (version.to_string().as_str(), version.series().as_str()),
            ("6.0.5", "6.0")
        );
        assert_eq!(Version::parse("7.0.0-rc1").unwrap().series(), "7.0");
        assert_eq!(Version::parse("six"), None);
        assert!(Version::parse("4.4.29").unwrap() < Version::OLDEST);
    }
}
