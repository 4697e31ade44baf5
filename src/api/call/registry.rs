use std::collections::HashSet;

use super::signature::Signature;

/// The signatures of all script functions, by receiver, module and name.
///
/// A function that can be called in several ways has one signature for each way.
#[derive(Debug)]
pub struct Registry {
    signatures: Vec<Signature>,
}

impl Registry {
    pub fn new(mut signatures: Vec<Signature>) -> Self {
        // Functions of this program come before Rhai's with the same name, and short ones before
        // long ones.
        signatures.sort_by_cached_key(|one| {
            let key = (one.receiver, one.module, one.name, !one.is_ours);
            (
                key,
                one.form,
                one.parameters.len(),
                one.usage(),
                one.comment,
            )
        });
        let mut seen = HashSet::new();
        signatures.retain(|one| {
            // Rhai has two functions for a property that can be read and set. Operators do not show
            // their types.
            let way = (!one.is_property()).then(|| one.usage());
            seen.insert((
                one.receiver,
                one.module,
                one.form,
                one.name,
                way,
                one.comment,
            ))
        });
        Self { signatures }
    }

    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Returns the signatures of the functions of this program.
    pub fn ours(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter().filter(|one| one.is_ours)
    }

    /// Returns the functions that are called by name: all except operators and `value[…]`.
    fn with_names(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter().filter(|one| one.is_named())
    }

    /// Returns the methods of a type.
    pub fn methods<'a>(&'a self, receiver: &'a str) -> impl Iterator<Item = &'a Signature> {
        self.with_names()
            .filter(move |one| one.receiver == receiver)
    }

    /// Returns the functions without a receiver, in a module (`random`) or in none.
    pub fn functions<'a>(&'a self, module: &'a str) -> impl Iterator<Item = &'a Signature> {
        self.methods("").filter(move |one| one.module == module)
    }

    /// Returns all signatures of a method.
    pub fn method<'a>(
        &'a self,
        receiver: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Signature> {
        self.methods(receiver).filter(move |one| one.name == name)
    }

    /// Returns all functions with this name, with any receiver.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Signature> {
        self.with_names().filter(move |one| one.name == name)
    }

    /// Returns the names of all functions, once for each way to call them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.with_names().map(|one| one.name)
    }

    pub fn types(&self) -> Vec<&'static str> {
        let mut types: Vec<&str> = self.with_names().map(|one| one.receiver).collect();
        types.retain(|receiver| !receiver.is_empty());
        types.dedup();
        types
    }
}
