/// Returns the name that was probably meant, for "did you mean". This is the only rule for it.
///
/// Upper case and underscores do not count, so `insertOne` means `insert_one`. One letter in four may differ, at least
/// one and at most three. In a name of fewer than six letters the first letter has to be right: `kind` is not `find`.
///
/// ```
/// use seaworthy::error::nearest;
///
/// assert_eq!(nearest("max_pol_size", ["max_pool_size", "min_pool_size"]), Some("max_pool_size"));
/// assert_eq!(nearest("zzz", ["max_pool_size"]), None);
/// ```
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wanted);
    let length = folded.chars().count();
    names
        .into_iter()
        .filter(|name| *name != wanted)
        .map(|name| (fold(name), name))
        .filter(|(other, _)| length >= 6 || folded.chars().next() == other.chars().next())
        .map(|(other, name)| {
            let shorter = length.min(other.chars().count());
            let distance = strsim::damerau_levenshtein(&folded, &other);
            (
                distance,
                (shorter / 4).clamp(1, 3).min(shorter.saturating_sub(1)),
                name,
            )
        })
        .filter(|(distance, most, _)| distance <= most)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., name)| name)
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_found() {
        let names = ["insert_one", "insert_many", "print", "len", "is_empty"];
        for (wanted, found) in [
            ("insertOne", Some("insert_one")),
            ("InsertMany", Some("insert_many")),
            ("prnit", Some("print")),
            ("isEmpty", Some("is_empty")),
            ("print", None),
            ("lenght", None),
            ("x", None),
            ("", None),
            ("frobnicate", None),
        ] {
            assert_eq!(nearest(wanted, names), found, "{wanted}");
        }
    }
}
