use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

/// The environment, read once. No other code reads environment variables.
#[derive(Clone, Default)]
pub struct Environment {
    variables: HashMap<OsString, OsString>,
}

impl std::fmt::Debug for Environment {
    // Variables may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Environment({} variables)", self.variables.len())
    }
}

impl Environment {
    /// Reads the environment of this process.
    pub fn read() -> Self {
        std::env::vars_os().collect()
    }

    /// Returns all variables.
    pub fn iter(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.variables.iter()
    }

    /// Returns a variable's value. An empty variable counts as not set.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}
