use std::collections::HashSet;

use super::signature::Signature;

/// The signatures of all script functions, by receiver, module and name.
///
/// A function that can be called in several ways has one signature for each.
#[derive(Debug)]
pub struct Registry {
    signatures: Vec<Signature>,
}

impl Registry {
    pub fn new(mut signatures: Vec<Signature>) -> Self {
        // Those of this program come before those of Rhai with the same name, and short ones before long ones.
        signatures.sort_by_cached_key(|one| {
            let key = (one.receiver, one.module, one.name, !one.is_ours);
            (key, one.form, one.parameters.len(), one.usage())
        });
        let mut seen = HashSet::new();
        signatures.retain(|one| {
            // A property that can be read and set has two functions in Rhai, and operators do not show their types.
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

    /// Every signature, by receiver, module and name.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Every signature of a function that this program brings.
    pub fn ours(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter().filter(|one| one.is_ours)
    }

    /// The functions that are written with their names: all but operators and `value[…]`.
    fn with_names(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter().filter(|one| one.is_named())
    }

    /// What can be called on a value of that type.
    pub fn methods<'a>(&'a self, receiver: &'a str) -> impl Iterator<Item = &'a Signature> {
        self.with_names()
            .filter(move |one| one.receiver == receiver)
    }

    /// What stands alone, in a module (`random`) or in none.
    pub fn functions<'a>(&'a self, module: &'a str) -> impl Iterator<Item = &'a Signature> {
        self.methods("").filter(move |one| one.module == module)
    }

    /// Every way to call the method of that type and name.
    pub fn method<'a>(
        &'a self,
        receiver: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Signature> {
        self.methods(receiver).filter(move |one| one.name == name)
    }

    /// Every function of that name, whatever it is called on.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Signature> {
        self.with_names().filter(move |one| one.name == name)
    }

    /// The names of all functions, each as often as there are ways to call it.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.with_names().map(|one| one.name)
    }

    /// The types that have methods.
    pub fn types(&self) -> Vec<&'static str> {
        let mut types: Vec<&str> = self.with_names().map(|one| one.receiver).collect();
        types.retain(|receiver| !receiver.is_empty());
        types.dedup();
        types
    }
}
