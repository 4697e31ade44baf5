/// Returns a name in our spelling: `maxTimeMS` is `max_time_ms`, and `insert-one` is `insert_one`.
///
/// ```
/// assert_eq!(seaworthy::translate::snake_case("getSiblingDB"), "get_sibling_db");
/// ```
#[must_use]
pub fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = '_';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '-' {
            snake.push('_');
            before = '_';
            continue;
        }
        let ends_capitals =
            before.is_uppercase() && letters.peek().is_some_and(|c| c.is_lowercase());
        if letter.is_uppercase() && before != '_' && (!before.is_uppercase() || ends_capitals) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = letter;
    }
    snake
}
