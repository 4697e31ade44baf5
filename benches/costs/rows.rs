/// A call whose cost is measured.
pub struct Row {
    pub receiver: &'static str,
    /// The functions that the call shows the cost of, separated by spaces.
    pub functions: &'static str,
    /// What is done before: `n` is the size.
    pub before: &'static str,
    pub call: &'static str,
    pub calls: Calls,
}

impl Row {
    pub fn needs_server(&self) -> bool {
        matches!(self.receiver, "Cursor" | "Sequence")
    }
}

/// How often the call is made in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// As often as fits in a moment: it changes no size.
    Often,
    /// `n` times: it adds or removes one element. `i` counts from 0.
    OncePerElement,
    /// Once: it changes the whole value.
    Once,
}

use Calls::{Often, Once, OncePerElement};

const fn row(
    receiver: &'static str,
    functions: &'static str,
    before: &'static str,
    call: &'static str,
    calls: Calls,
) -> Row {
    Row {
        receiver,
        functions,
        before,
        call,
        calls,
    }
}

const DOCUMENT: &str = "let d = #{}; for i in 0..n { d[`k${i}`] = i; } let last = `k${n - 1}`;";
const TWO_DOCUMENTS: &str =
    "let d = #{}; let e = #{}; for i in 0..n { d[`k${i}`] = i; e[`k${i}`] = i; }";
const SET: &str = "let all = []; for i in 0..n { all.push(i); } let s = set(all); let t = set(all); let last = n - 1;";
const ARRAY: &str = "let a = []; for i in 0..n { a.push((i * 7919) % n); } let b = a;";

/// A cursor over a collection of `n` documents, which is filled once.
macro_rules! cursor {
    () => {
        "let c = db[`n${n}`]; if c.estimated_document_count() != n { c.drop(); for part in 0..n / 1000 { let batch = []; for i in 0..1000 { batch.push(#{ _id: part * 1000 + i, n: i }); } c.insert_many(batch); } } let cursor = c.find();"
    };
}
const CURSOR: &str = cursor!();
const SEQUENCE: &str = concat!(cursor!(), " let sequence = cursor.map(|d| d.n);");

/// Every function of these types is in a row, or the measurement ends with an error.
pub const ROWS: &[Row] = &[
    row("Document", "get", DOCUMENT, "d.get(last)", Often),
    row("Document", "[…]", DOCUMENT, "d[last]", Often),
    row("Document", "contains", DOCUMENT, "d.contains(last)", Often),
    row("Document", "set", DOCUMENT, "d.set(last, i)", Often),
    row(
        "Document",
        "set",
        "let d = #{};",
        "d.set(`k${i}`, i)",
        OncePerElement,
    ),
    row(
        "Document",
        "remove",
        DOCUMENT,
        "d.remove(`k${i}`)",
        OncePerElement,
    ),
    row(
        "Document",
        "remove",
        DOCUMENT,
        "d.remove(`k${n - 1 - i}`)",
        OncePerElement,
    ),
    row("Document", "len is_empty", DOCUMENT, "d.len()", Often),
    row("Document", "tag", DOCUMENT, "d.tag", Often),
    row("Document", "keys", DOCUMENT, "d.keys()", Often),
    row("Document", "values", DOCUMENT, "d.values()", Often),
    row("Document", "clear", DOCUMENT, "d.clear()", Once),
    row(
        "Document",
        "filter",
        DOCUMENT,
        "d.filter(|k, v| v > 1)",
        Often,
    ),
    row("Document", "map", DOCUMENT, "d.map(|k, v| v)", Often),
    row(
        "Document",
        "retain",
        DOCUMENT,
        "d.retain(|k, v| v % 2 == 0)",
        Once,
    ),
    row(
        "Document",
        "drain",
        DOCUMENT,
        "d.drain(|k, v| v % 2 == 0)",
        Once,
    ),
    row("Document", "mixin + +=", TWO_DOCUMENTS, "d += e", Often),
    row(
        "Document",
        "fill_with",
        TWO_DOCUMENTS,
        "d.fill_with(e)",
        Often,
    ),
    row("Document", "== !=", TWO_DOCUMENTS, "d == e", Often),
    row(
        "Document",
        "to_json to_string to_debug print debug",
        DOCUMENT,
        "d.to_json()",
        Often,
    ),
    row(
        "Document",
        "chart",
        "let d = #{}; for i in 0..n { d[`k${i}`] = i; }",
        "d.chart()",
        Often,
    ),
    row("Set", "add", "let s = set([]);", "s.add(i)", OncePerElement),
    row("Set", "add contains", SET, "s.contains(last)", Often),
    row("Set", "remove", SET, "s.remove(i)", OncePerElement),
    row("Set", "len is_empty", SET, "s.len()", Often),
    row("Set", "difference -", SET, "s.difference(t)", Often),
    row("Set", "intersection", SET, "s.intersection(t)", Often),
    row("Set", "union +", SET, "s.union(t)", Often),
    row(
        "Set",
        "to_array to_string to_debug print debug",
        SET,
        "s.to_array()",
        Often,
    ),
    row("Set", "== !=", SET, "s == t", Often),
    row(
        "Array",
        "push +=",
        "let a = [];",
        "a.push(i)",
        OncePerElement,
    ),
    row("Array", "pop", ARRAY, "a.pop()", OncePerElement),
    row("Array", "get", ARRAY, "a.get(n / 2)", Often),
    row("Array", "set", ARRAY, "a.set(n / 2, i)", Often),
    row("Array", "len is_empty", ARRAY, "a.len()", Often),
    row("Array", "contains in", ARRAY, "a.contains(-1)", Often),
    row("Array", "index_of", ARRAY, "a.index_of(-1)", Often),
    row(
        "Array",
        "find find_map",
        ARRAY,
        "a.find(|v| v == -1)",
        Often,
    ),
    row("Array", "some all", ARRAY, "a.some(|v| v == -1)", Often),
    row("Array", "map", ARRAY, "a.map(|v| v)", Often),
    row("Array", "filter", ARRAY, "a.filter(|v| v > 1)", Often),
    row("Array", "for_each", ARRAY, "a.for_each(|v| v)", Often),
    row(
        "Array",
        "reduce reduce_rev",
        ARRAY,
        "a.reduce(|sum, v| sum + v, 0)",
        Often,
    ),
    row("Array", "zip", ARRAY, "a.zip(b, |x, y| x)", Often),
    row("Array", "sort sort_desc", ARRAY, "a.sort()", Once),
    row("Array", "sort_by", ARRAY, "a.sort_by(|x, y| x - y)", Once),
    row("Array", "order order_desc", ARRAY, "a.order()", Often),
    row(
        "Array",
        "order_by",
        ARRAY,
        "a.order_by(|x, y| x - y)",
        Often,
    ),
    row("Array", "sum", ARRAY, "a.sum()", Often),
    row("Array", "min max", ARRAY, "a.max()", Often),
    row("Array", "join", ARRAY, "a.join(\",\")", Often),
    row("Array", "extract", ARRAY, "a.extract(0, n)", Often),
    row("Array", "+ append", ARRAY, "a + b", Often),
    row("Array", "== !=", ARRAY, "a == b", Often),
    row("Array", "reverse", ARRAY, "a.reverse()", Often),
    row(
        "Array",
        "to_string to_debug print debug",
        ARRAY,
        "a.to_string()",
        Often,
    ),
    row("Array", "insert", ARRAY, "a.insert(0, i)", Often),
    row("Array", "shift remove", ARRAY, "a.push(a.shift())", Often),
    row("Array", "clear", ARRAY, "a.clear()", Once),
    row("Array", "truncate chop", ARRAY, "a.truncate(n / 2)", Once),
    row("Array", "pad", "let a = [];", "a.pad(n, 0)", Once),
    row("Array", "split", ARRAY, "a.split(n / 2)", Once),
    row("Array", "splice", ARRAY, "a.splice(0..n / 2, [])", Once),
    row("Array", "dedup", ARRAY, "a.dedup()", Once),
    row(
        "Array",
        "retain drain",
        ARRAY,
        "a.retain(|v| v % 2 == 0)",
        Once,
    ),
    row("Cursor", "next", CURSOR, "cursor.next()", OncePerElement),
    row("Cursor", "to_array", CURSOR, "cursor.to_array()", Once),
    row("Cursor", "for_each", CURSOR, "cursor.for_each(|d| d)", Once),
    row("Cursor", "", CURSOR, "for d in cursor { d.n }", Once),
    row(
        "Cursor",
        "map",
        CURSOR,
        "cursor.map(|d| d.n).to_array()",
        Once,
    ),
    row(
        "Cursor",
        "filter",
        CURSOR,
        "cursor.filter(|d| d.n == 0).to_array()",
        Once,
    ),
    row("Cursor", "explain", CURSOR, "cursor.explain()", Once),
    row(
        "Cursor",
        "close",
        CURSOR,
        "cursor.next(); cursor.close()",
        Once,
    ),
    row(
        "Sequence",
        "next",
        SEQUENCE,
        "sequence.next()",
        OncePerElement,
    ),
    row(
        "Sequence",
        "to_array",
        SEQUENCE,
        "sequence.to_array()",
        Once,
    ),
    row(
        "Sequence",
        "for_each",
        SEQUENCE,
        "sequence.for_each(|v| v)",
        Once,
    ),
    row(
        "Sequence",
        "map filter",
        SEQUENCE,
        "sequence.map(|v| v + 1).filter(|v| v > 0).to_array()",
        Once,
    ),
];
