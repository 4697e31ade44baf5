use super::value_id::ValueId;

/// What a checker reports: an element of a set, a value of a key, or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Finding {
    Element(ValueId),
    Value { key: ValueId, value: ValueId },
    Key(ValueId),
}
