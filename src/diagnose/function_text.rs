//! Parses Rhai's call signatures, like `insertOne (seaworthy::api::Collection, map)`.

use super::type_text::with_article;

/// A call of a function that does not exist: its name and the types of its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledFunction<'a> {
    pub name: &'a str,
    pub types: Vec<&'a str>,
}

/// Parses Rhai's signature.
pub fn parse(signature: &str) -> CalledFunction<'_> {
    let (name, types) = signature.split_once('(').unwrap_or((signature, ""));
    let types = types.strip_suffix(')').unwrap_or(types);
    CalledFunction {
        name: name.trim(),
        types: split(types),
    }
}

impl CalledFunction<'_> {
    /// Returns a one-line message. `is_known`: a function of that name exists for other types.
    pub fn message(&self, is_known: bool) -> String {
        let given: Vec<String> = self.types.iter().map(|name| with_article(name)).collect();
        if let Some(operator) = self.operator() {
            return operator;
        }
        let name = self.name;
        match (is_known, given.as_slice()) {
            (_, []) => format!("there is no function `{name}()` without arguments"),
            (false, [only]) => format!("there is no function `{name}` for {only}"),
            (false, [first, ..]) => format!("there is no function `{name}` for {first}"),
            (true, [only]) => format!("`{name}` does not take {only}"),
            (true, [rest @ .., last]) => {
                format!("`{name}` does not take {} and {last}", rest.join(", "))
            }
        }
    }

    /// Returns whether it is a call of a closure, whose name is Rhai's.
    pub fn is_closure(&self) -> bool {
        self.name.starts_with("anon$")
    }

    fn operator(&self) -> Option<String> {
        let of = |index: usize| self.types.get(index).map(|name| with_article(name));
        match self.name {
            name if name.starts_with("get$") => Some(format!(
                "{} has no field `{}`",
                of(0)?,
                name.trim_start_matches("get$")
            )),
            name if name.starts_with("set$") => Some(format!(
                "the field `{}` of {} cannot be set",
                name.trim_start_matches("set$"),
                of(0)?
            )),
            "index$get$" | "index$set$" => {
                Some(format!("{} cannot be indexed by {}", of(0)?, of(1)?))
            }
            name if name.starts_with(|first: char| first.is_alphabetic() || first == '_') => None,
            sign => match (of(0), of(1)) {
                (Some(left), Some(right)) => {
                    Some(format!("`{sign}` does not work between {left} and {right}"))
                }
                (Some(only), None) => Some(format!("`{sign}` does not work on {only}")),
                _ => None,
            },
        }
    }
}

/// Splits at commas outside brackets.
fn split(types: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut parts: Vec<&str> = types
        .split(|letter| {
            match letter {
                '<' | '(' => depth += 1,
                '>' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter == ',' && depth == 0
        })
        .map(str::trim)
        .collect();
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_become_readable_messages() {
        for (signature, known, message) in [
            (
                "insertOne (seaworthy::api::Collection, map)",
                false,
                "there is no function `insertOne` for a Collection",
            ),
            (
                "len ()",
                true,
                "there is no function `len()` without arguments",
            ),
            (
                "pad (array, &str | ImmutableString | String, i64)",
                true,
                "`pad` does not take an array, a string and an integer",
            ),
            (
                "+ (array, ())",
                true,
                "`+` does not work between an array and `()`",
            ),
            ("get$x (i64)", false, "an integer has no field `x`"),
            (
                "index$get$ (i64, i64)",
                false,
                "an integer cannot be indexed by an integer",
            ),
        ] {
            assert_eq!(parse(signature).message(known), message);
        }
    }
}
