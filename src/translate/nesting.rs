/// The deepest nesting that is read. The parsers are recursive.
const DEEPEST: usize = 100;

/// Returns whether brackets or prefix operators of the text are nested too deep to be read.
pub(super) fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut prefixes) = (0_usize, 0_usize);
    for letter in text.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match letter {
            '!' | '-' | '+' | '~' => prefixes += 1,
            letter if letter.is_whitespace() => {}
            _ => prefixes = 0,
        }
        if depth > DEEPEST || prefixes > DEEPEST {
            return true;
        }
    }
    text.split_whitespace()
        .filter(|word| *word == "not")
        .count()
        > DEEPEST
}
