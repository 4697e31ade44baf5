use std::any::TypeId;

use rhai::{Module, Shared};

use super::signature::Signature;

/// The functions of this program: their Rhai module and their signatures.
pub struct FunctionLibrary {
    pub module: Shared<Module>,
    /// The signatures of the tables.
    pub signatures: Vec<&'static Signature>,
    pub(super) handles: Vec<TypeId>,
}

impl FunctionLibrary {
    /// Returns whether the type with this id has a table of methods. A copy of such a value is the
    /// same value.
    pub fn is_handle(&self, id: TypeId) -> bool {
        self.handles.contains(&id)
    }
}
