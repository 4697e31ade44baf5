//! The names of functions that a script can call, for suggestions.

use std::collections::{BTreeMap, BTreeSet};

use rhai::AST;

use super::catalogue::registry;

/// The names of all script functions and of the functions that a script defines, without operators
/// and getters.
#[derive(Clone, Debug, Default)]
pub struct Names {
    known: BTreeSet<String>,
    /// The parameters of each function of the script, once for each definition.
    defined: BTreeMap<String, Vec<Vec<String>>>,
}

impl Names {
    pub fn of(ast: Option<&AST>) -> Self {
        let known = registry()
            .signatures()
            .iter()
            .filter(|one| one.is_named() && !one.is_property())
            .map(|one| one.name.to_owned())
            .collect();
        let mut names = Self {
            known,
            defined: BTreeMap::new(),
        };
        for function in ast.into_iter().flat_map(AST::iter_functions) {
            let parameters = function.params.iter().map(ToString::to_string);
            names.define(function.name, parameters.collect());
        }
        names
    }

    /// Adds a function of the script.
    pub fn define(&mut self, name: &str, parameters: Vec<String>) {
        if is_callable(name) {
            let ways = self.defined.entry(name.to_owned()).or_default();
            ways.push(parameters);
        }
    }

    /// Returns the parameters of the script's functions with this name, once for each definition.
    pub fn defined(&self, name: &str) -> &[Vec<String>] {
        self.defined.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.known.contains(name) || self.defined.contains_key(name)
    }

    /// Returns the functions of the script first, because its author more likely means them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let defined = self.defined.keys();
        defined.chain(&self.known).map(String::as_str)
    }
}

fn is_callable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && !name.contains('$')
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}
