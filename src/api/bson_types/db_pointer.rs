use bson::oid::ObjectId;
use rhai::ImmutableString;

/// A reference to a document of another collection; deprecated by BSON, kept as it is found.
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
