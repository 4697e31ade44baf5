//! Notes below a value that is probably not what was meant: a collection whose name is nearly right,
//! an `_id` that is a string, a division of whole numbers.

use rhai::{Array, Dynamic, INT};

use crate::error::nearest;
use crate::script::lexer::{Piece, lex};

/// Returns the value of a variable.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<Dynamic>;

/// Returns the notes about code that ran alone, with `seaworthy eval`.
pub fn notes_of_code(code: &str) -> Vec<String> {
    let no_variables: Variables = &|_| None;
    let notes = [
        whole_division(no_variables, code),
        forgotten_dollar(code),
        text_of_id(no_variables, code),
    ];
    notes.into_iter().flatten().collect()
}

/// Returns the text of each piece of code, without spaces and comments.
fn words(code: &str) -> Vec<(Piece, &str)> {
    lex(code)
        .into_iter()
        .filter(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment))
        .map(|(piece, range)| (piece, &code[range]))
        .collect()
}

/// Returns the collection that the code reads: `orders` in `db.orders.find()`.
pub(super) fn collection_of(code: &str) -> Option<&str> {
    match words(code)[..] {
        [(_, "db"), (_, "."), (Piece::Word, name), (_, "."), ..] => Some(name),
        _ => None,
    }
}

/// Returns whether a query found nothing.
pub(super) fn is_nothing(value: &Dynamic) -> bool {
    value.is_unit()
        || value.as_int().is_ok_and(|count| count == 0)
        || value.read_lock::<Array>().is_some_and(|all| all.is_empty())
}

/// Returns a note if there is no collection with this name, but one with a similar name.
pub(super) fn near_collection(name: &str, existing: &[String]) -> Option<String> {
    if existing.iter().any(|one| one == name) {
        return None;
    }
    let near = nearest(name, existing.iter().map(String::as_str))?;
    Some(format!(
        "there is no collection `{name}`: did you mean `{near}`?"
    ))
}

/// Operators that are also forgotten with their `$`.
const OPERATORS: [&str; 10] = [
    "gt",
    "gte",
    "lt",
    "lte",
    "ne",
    "in",
    "nin",
    "exists",
    "regex",
    "elemMatch",
];

/// Returns a note if a condition has an operator without its `$`: `#{ seats: #{ gt: 1 } }`.
pub(super) fn forgotten_dollar(code: &str) -> Option<String> {
    let words = words(code);
    let name = words.windows(4).find_map(|four| match four {
        [(_, ":"), (_, "#{"), (_, name), (_, ":")] if OPERATORS.contains(name) => Some(*name),
        _ => None,
    })?;
    Some(format!(
        "`{name}` is the name of a field here: the operator is `${name}`"
    ))
}

/// Returns a note if an `_id` is compared with the text of an ObjectId: `#{ _id: "65f0…" }`.
pub(super) fn text_of_id(variables: Variables, code: &str) -> Option<String> {
    let words = words(code);
    let id = words.windows(3).find_map(|three| match *three {
        [(_, name), (_, ":"), value] if name.trim_matches('"').ends_with("_id") => {
            object_id(variables, value)
        }
        // A value in place of a filter is an `_id`.
        [(_, "find_one" | "find"), (_, "("), value] => object_id(variables, value),
        _ => None,
    })?;
    Some(format!(
        "a string is never equal to an ObjectId: write `ObjectId({id})`"
    ))
}

/// Returns the source of a string with 24 hexadecimal digits: a literal or a variable.
fn object_id(variables: Variables, (piece, text): (Piece, &str)) -> Option<String> {
    let value = match piece {
        Piece::Text { .. } => text.trim_matches('"').to_owned(),
        Piece::Word => variables(text)?.into_string().ok()?,
        _ => return None,
    };
    let is_id = value.len() == 24 && value.chars().all(|letter| letter.is_ascii_hexdigit());
    is_id.then(|| text.to_owned())
}

/// Returns a note if the code is a division of two whole numbers with a remainder: `7 / 2`.
pub(super) fn whole_division(variables: Variables, code: &str) -> Option<String> {
    let words = words(code.trim().trim_end_matches(';'));
    let [left, (_, "/"), right] = words[..] else {
        return None;
    };
    let number = |(piece, text): (Piece, &str)| -> Option<INT> {
        match piece {
            Piece::Number => text.replace('_', "").parse().ok(),
            Piece::Word => variables(text)?.as_int().ok(),
            _ => None,
        }
    };
    let (dividend, divisor) = (number(left)?, number(right)?);
    if dividend.checked_rem(divisor)? == 0 {
        return None;
    }
    let exact = match right {
        (Piece::Number, text) => format!("{} / {text}.0", left.1),
        (_, name) => format!("{} * 1.0 / {name}", left.1),
    };
    Some(format!(
        "a division of whole numbers is whole: `{exact}` keeps the rest"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_is_named() {
        let existing = ["orders".to_owned(), "trucks".to_owned()];
        let note = near_collection("order", &existing);
        assert_eq!(
            note.as_deref(),
            Some("there is no collection `order`: did you mean `orders`?")
        );
        assert_eq!(near_collection("orders", &existing), None);
        assert_eq!(near_collection("ships", &existing), None);
    }

    #[test]
    fn an_operator_without_its_sign_is_named() {
        let note = forgotten_dollar("db.x.find(#{ seats: #{ gt: 1 } })");
        assert!(note.is_some_and(|note| note.contains("`$gt`")));
        assert_eq!(forgotten_dollar("db.x.find(#{ seats: #{ $gt: 1 } })"), None);
        assert_eq!(forgotten_dollar("db.x.find(#{ gt: 1 })"), None);
    }

    #[test]
    fn code_without_variables_has_its_notes() {
        let note = |code| notes_of_code(code).join("; ");
        assert_eq!(
            note("7 / 2"),
            "a division of whole numbers is whole: `7 / 2.0` keeps the rest"
        );
        assert!(note("db.x.find(#{ seats: #{ gt: 1 } })").contains("`$gt`"));
        assert!(
            note(r#"db.x.find_one(#{ _id: "65a000000000000000000001" })"#).contains("ObjectId(")
        );
        assert_eq!(note("6 / 2; db.x.find(#{ seats: #{ $gt: 1 } })"), "");
    }

    #[test]
    fn the_collection_of_a_line_is_after_db() {
        assert_eq!(collection_of("db.order.find(#{ a: 1 })"), Some("order"));
        assert_eq!(collection_of(" db . order\n.find()"), Some("order"));
        assert_eq!(collection_of("db.order"), None);
        assert_eq!(collection_of("let x = db.order.find()"), None);
    }
}
