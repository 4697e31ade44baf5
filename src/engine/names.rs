//! The names of functions that a script can call, for suggestions.

use std::collections::BTreeSet;

use rhai::AST;

use super::catalogue::registry;

/// The names of all script functions and of the functions that a script defines, without operators
/// and getters.
#[derive(Clone, Debug, Default)]
pub struct Names {
    known: BTreeSet<String>,
    defined: BTreeSet<String>,
}

impl Names {
    pub fn of(ast: Option<&AST>) -> Self {
        let known = registry()
            .signatures()
            .iter()
            .filter(|one| one.is_named() && !one.is_property())
            .map(|one| one.name.to_owned())
            .collect();
        let defined = ast
            .into_iter()
            .flat_map(AST::iter_functions)
            .map(|function| function.name.to_owned())
            .filter(|name| is_callable(name))
            .collect();
        Self { known, defined }
    }

    pub fn contains(&self, name: &str) -> bool {
        self.known.contains(name) || self.defined.contains(name)
    }

    /// Returns the functions of the script first, because its author more likely means them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.defined.iter().chain(&self.known).map(String::as_str)
    }
}

fn is_callable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && !name.contains('$')
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}
