//! A simple tokenizer for scripts that Rhai's parser rejects.

/// One word, number, string or operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceToken<'a> {
    pub text: &'a str,
    /// The start, in bytes.
    pub offset: usize,
}

impl SourceToken<'_> {
    pub fn is_word(&self) -> bool {
        self.text.starts_with(is_word_letter)
            && !self.text.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// Returns the tokens of `text`, without comments and white space.
pub fn tokens(text: &str) -> Vec<SourceToken<'_>> {
    let mut tokens = Vec::new();
    let mut offset = 0;
    while let Some(first) = text[offset..].chars().next() {
        let rest = &text[offset..];
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let length = token_length(rest, first);
            let text = &rest[..length];
            tokens.push(SourceToken { text, offset });
            length
        };
        offset += length;
    }
    tokens
}

/// Returns the length in bytes of the token at the start of `rest`.
pub fn token_length(rest: &str, first: char) -> usize {
    match first {
        '"' | '`' | '\'' => string_length(rest, first),
        _ if is_word_letter(first) => rest
            .find(|letter| !is_word_letter(letter))
            .unwrap_or(rest.len()),
        _ if is_sign(first) => rest.find(|letter| !is_sign(letter)).unwrap_or(rest.len()),
        _ => first.len_utf8(),
    }
}

fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if quote != '`' => return offset,
            _ if letter == quote => return offset + letter.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Returns whether `letter` joins its neighbours into one operator: `=>`, `===`, `++`.
///
/// Brackets, commas, dots and semicolons are tokens of their own.
pub fn is_sign(letter: char) -> bool {
    matches!(
        letter,
        '=' | '<' | '>' | '!' | '+' | '-' | '*' | '/' | '&' | '|' | '?' | '%'
    )
}
