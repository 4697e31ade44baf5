//! Notes for a missing field: `truck.licence` returns `()`, which is often a typing mistake.

use rhai::Dynamic;

use crate::error::nearest;
use crate::script::Interactive;
use crate::script::lexer::{Piece, lex};
use crate::values::document::Document;

/// Returns a note if the code only reads a field that does not exist.
pub(super) fn missing_field(interactive: &Interactive, code: &str) -> Option<String> {
    let pieces: Vec<_> = lex(code.trim().trim_end_matches(';')).into_iter().collect();
    let text = code.trim();
    let mut words = Vec::new();
    for (index, (piece, range)) in pieces.iter().enumerate() {
        match (index % 2, piece, &text[range.clone()]) {
            (0, Piece::Word, word) => words.push(word),
            (1, Piece::Operator, ".") => {}
            _ => return None,
        }
    }
    let (root, fields) = words.split_first()?;
    let mut value = interactive.variable(root)?;
    for field in fields {
        let inner: Dynamic = {
            let document = value.read_lock::<Document>()?;
            match document.get(field).ok()? {
                Some(inner) => inner,
                None => {
                    let keys = document.keys().ok()?;
                    let near = nearest(field, keys.iter().map(rhai::ImmutableString::as_str))
                        .map(|near| format!(": did you mean `{near}`?"))
                        .unwrap_or_default();
                    return Some(format!("there is no field `{field}`{near}"));
                }
            }
        };
        value = inner;
    }
    None
}
