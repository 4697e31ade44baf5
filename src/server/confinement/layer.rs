use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// One layer of confinement by the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// User, mount and network namespaces: other files and the sockets of other programs are not
    /// visible, and there is no network.
    Namespaces,
    /// Landlock: files outside the given folders cannot be opened, and TCP ports cannot be used.
    Landlock,
    /// Seccomp: only Unix sockets can be created, and system calls that bypass the other layers
    /// fail.
    Seccomp,
}

impl Layer {
    /// All layers, in the order in which they are applied.
    pub const ALL: [Self; 3] = [Self::Namespaces, Self::Landlock, Self::Seccomp];

    pub fn name(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Layer {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|layer| layer.name() == name)
            .ok_or_else(|| {
                Error::invalid_argument(format!("unknown layer of confinement `{name}`"))
                    .hint("the layers are `namespaces`, `landlock` and `seccomp`")
            })
    }
}
