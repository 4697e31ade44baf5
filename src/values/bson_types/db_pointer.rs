//! `DBPointer`: a deprecated reference to a document in another collection.

use bson::oid::ObjectId;
use rhai::ImmutableString;
use rhai::plugin::*;

/// A reference to a document in another collection. BSON deprecates it; it is kept as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbPointer {
    namespace: ImmutableString,
    id: ObjectId,
}

impl DbPointer {
    pub fn new(namespace: impl Into<ImmutableString>, id: ObjectId) -> Self {
        Self {
            namespace: namespace.into(),
            id,
        }
    }

    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    pub fn id(&self) -> ObjectId {
        self.id
    }
}

pub fn register(module: &mut Module) {
    module.set_custom_type::<DbPointer>("DBPointer");
    combine_with_exported_module!(module, "db_pointer", db_pointer_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod db_pointer_functions {
    /// Returns a DBPointer, a deprecated reference to a document in another collection.
    ///
    /// Use it only for documents that already have this type.
    ///
    /// ```rhai
    /// let pointer = DBPointer("lessons.trucks", ObjectId("65b2f0a1c3d4e5f601234567"));
    /// assert_eq(pointer.namespace, "lessons.trucks");
    /// ```
    #[rhai_fn(name = "DBPointer", global)]
    pub fn new_db_pointer(namespace: ImmutableString, id: ObjectId) -> DbPointer {
        DbPointer::new(namespace, id)
    }

    /// Returns the namespace that the pointer refers to: database, dot, collection.
    ///
    /// ```rhai
    /// assert_eq(DBPointer("a.b", ObjectId()).namespace, "a.b");
    /// ```
    #[rhai_fn(get = "namespace", pure, global)]
    pub fn namespace(pointer: &mut DbPointer) -> ImmutableString {
        pointer.namespace.clone()
    }

    /// Returns the `_id` that the pointer refers to.
    ///
    /// ```rhai
    /// let id = ObjectId();
    /// assert_eq(DBPointer("a.b", id).id, id);
    /// ```
    #[rhai_fn(get = "id", pure, global)]
    pub fn id(pointer: &mut DbPointer) -> ObjectId {
        pointer.id
    }
}
