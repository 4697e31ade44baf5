/// The name most like `wanted`, if one is like it enough to be meant: `insertOne` is `insert_one`, `prnit` is `print`.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let snake = snake_case(wanted);
    // One letter in three may differ, and one in short names.
    let most = (wanted.chars().count() / 3).clamp(1, 3);
    // `kind` is not `find`: in a short word the first letter is meant.
    let is_short = wanted.len() < 6;
    let first = snake.chars().next();
    names
        .into_iter()
        .filter(|name| *name != wanted && (!is_short || name.chars().next() == first))
        .map(|name| (strsim::damerau_levenshtein(&snake, name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= most && *distance < name.len().min(wanted.len()))
        .map(|(_, name)| name)
}

/// `insertOne`, `InsertOne` and `insert-one` as scripts write it: `insert_one`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut after_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_small {
            snake.push('_');
        }
        after_small = letter.is_lowercase() || letter.is_ascii_digit();
        match letter {
            '-' => snake.push('_'),
            _ => snake.extend(letter.to_lowercase()),
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_similar_names_are_suggested() {
        let names = ["insert_one", "insert_many", "print", "len", "is_empty"];
        for (wanted, found) in [
            ("insertOne", Some("insert_one")),
            ("InsertMany", Some("insert_many")),
            ("prnit", Some("print")),
            ("isEmpty", Some("is_empty")),
            ("lenght", None),
            ("x", None),
            ("frobnicate", None),
        ] {
            assert_eq!(nearest(wanted, names), found, "{wanted}");
        }
    }
}
