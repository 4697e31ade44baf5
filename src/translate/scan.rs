//! Reading of characters, for both tokenizers.

use super::problem::{Problem, Result};

/// The rest of a source that is not read yet.
pub(super) struct Scan<'a> {
    pub source: &'a str,
    pub at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads one character.
    pub(super) fn bump(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    /// Reads `text`, if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Reads all characters that belong.
    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Reads the longest of the symbols that is next. They are sorted by length.
    pub(super) fn symbol(&mut self, symbols: &[&'static str]) -> Option<&'static str> {
        symbols.iter().copied().find(|symbol| self.eat(symbol))
    }

    /// Reads a number, and returns its text without underscores.
    pub(super) fn number(&mut self) -> Result<String> {
        let start = self.at;
        if self.eat("0x") || self.eat("0X") {
            let digits = self.take_while(|c| c.is_ascii_hexdigit() || c == '_');
            return u32::from_str_radix(&digits.replace('_', ""), 16)
                .map(|number| number.to_string())
                .map_err(|_| Problem::new("this number cannot be read", start));
        }
        self.take_while(is_digit);
        if self.rest().starts_with('.') && !self.rest()[1..].starts_with(is_word_start) {
            self.at += 1;
            self.take_while(is_digit);
        }
        if let Some(exponent) = self.rest().strip_prefix(['e', 'E']) {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.starts_with(|c: char| c.is_ascii_digit()) {
                self.at += 1 + exponent.len() - digits.len();
                self.take_while(is_digit);
            }
        }
        if self.peek().is_some_and(is_word_letter) {
            return Err(Problem::new("this number cannot be read", start));
        }
        Ok(self.source[start..self.at].replace('_', ""))
    }

    /// Reads the string literal that begins with `quote`, which may be three characters.
    pub(super) fn string(&mut self, quote: &str, raw: bool) -> Result<String> {
        let start = self.at;
        self.at += quote.len();
        let mut text = String::new();
        loop {
            if self.eat(quote) {
                return Ok(text);
            }
            let at = self.at;
            match self.bump() {
                None => return Err(Problem::new("this string is not closed", start)),
                Some('\n') if quote.len() == 1 => {
                    return Err(Problem::new("this string is not closed", start));
                }
                Some('\\') if raw => {
                    text.push('\\');
                    text.extend(self.bump());
                }
                Some('\\') => {
                    let escaped = self.escape().ok_or_else(|| {
                        Problem::new("this escape sequence is not translated", at)
                    })?;
                    text.push_str(&escaped);
                }
                Some(letter) => text.push(letter),
            }
        }
    }

    /// Reads what follows a backslash.
    pub(super) fn escape(&mut self) -> Option<String> {
        let letter = match self.bump()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => '\0',
            letter @ ('\\' | '\'' | '"' | '`' | '/' | '$' | '{' | '}') => letter,
            '\n' => return Some(String::new()),
            'x' => self.hexadecimal(2)?,
            'u' if self.eat("{") => {
                let digits = self.take_while(|c| c.is_ascii_hexdigit());
                let letter = u32::from_str_radix(digits, 16)
                    .ok()
                    .and_then(char::from_u32);
                self.eat("}").then_some(letter)??
            }
            'u' => self.hexadecimal(4)?,
            _ => return None,
        };
        Some(letter.to_string())
    }

    fn hexadecimal(&mut self, length: usize) -> Option<char> {
        let digits = self.rest().get(..length)?;
        let letter = u32::from_str_radix(digits, 16)
            .ok()
            .and_then(char::from_u32)?;
        self.at += length;
        Some(letter)
    }
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || letter == '_'
}

pub(super) fn is_word_start(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_' || letter == '$'
}

pub(super) fn is_word_letter(letter: char) -> bool {
    is_word_start(letter) || letter.is_ascii_digit()
}

/// Returns the length of the code up to the `}` that closes it, or of the whole code.
pub(super) fn to_closing_brace(code: &str) -> usize {
    let mut depth = 0_usize;
    let end = code.find(|letter| {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return true,
            '}' => depth -= 1,
            _ => {}
        }
        false
    });
    end.unwrap_or(code.len())
}
