/// Returns whether a Markdown text has the concept in back quotes.
///
/// ```
/// use seaworthy::course::concepts::is_named;
///
/// assert!(is_named("retry", "Call `retry(#{}, f)`."));
/// assert!(is_named("errors::Network", "It is a `Network` error."));
/// assert!(!is_named("retry", "Do not retry."));
/// ```
pub fn is_named(concept: &str, markdown: &str) -> bool {
    let bare = concept.trim_end_matches(':');
    let name = bare.rsplit("::").next().unwrap_or(bare);
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    let mut codes = markdown.split('`').skip(1).step_by(2);
    codes.any(|code| {
        code.split(|letter| !is_part(letter))
            .any(|word| word == name)
    })
}
