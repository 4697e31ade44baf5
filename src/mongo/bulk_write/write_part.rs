/// What the parts of a bulk write are for the caller, as its errors call them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WritePart {
    /// An operation of `bulk_write`.
    #[default]
    Operation,
    /// A document of `insert_many`.
    Document,
}

impl WritePart {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Document => "document",
        }
    }

    pub(super) fn applied(self) -> &'static str {
        match self {
            Self::Operation => "operations were applied",
            Self::Document => "documents were inserted",
        }
    }

    pub(super) fn hint_on_applied(self) -> &'static str {
        match self {
            Self::Operation => "`err.result` says which were applied",
            Self::Document => "`err.inserted_ids` has the `_id`s that are known to be inserted",
        }
    }

    pub(super) fn hint_on_failed(self) -> &'static str {
        match self {
            Self::Operation => {
                "`err.write_errors` names each failed operation, `err.result` what was done"
            }
            Self::Document => {
                "`err.write_errors` names each failed document, `err.inserted_ids` those that were inserted"
            }
        }
    }
}
