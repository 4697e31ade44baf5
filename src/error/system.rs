/// Returns the operating system's message, in lower case and without `(os error 13)`.
///
/// ```
/// use seaworthy::error::system_words;
///
/// let error = std::io::Error::from_raw_os_error(13);
/// assert_eq!(system_words(&error), "permission denied");
/// ```
pub fn system_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
