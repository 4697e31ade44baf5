//! The tokenizer of Python.

use crate::translate::problem::{Problem, Result};
use crate::translate::scan::{Scan, is_word_letter, is_word_start};
use crate::translate::token::{Token, TokenKind};

/// All symbols, the longest first. `#{` is our own start of a document.
const SYMBOLS: &[&str] = &[
    "**=", "//=", "<<=", ">>=", "...", "==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=",
    "%=", "|=", "&=", "^=", "**", "//", "<<", ">>", "#{", "{", "}", "(", ")", "[", "]", ",", ":",
    ";", ".", "=", "<", ">", "+", "-", "*", "/", "%", "|", "&", "^", "~", "@",
];

/// Returns the tokens of a module. The last one is [`TokenKind::End`].
pub(super) fn tokens(source: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer {
        scan: Scan { source, at: 0 },
        tokens: Vec::new(),
        indents: vec![0],
        depth: 0,
    };
    lexer.read()?;
    lexer.close();
    Ok(lexer.tokens)
}

/// Returns the tokens of an expression inside a string: the text from `start` on.
pub(super) fn expression_tokens(source: &str, start: usize) -> Result<Vec<Token>> {
    let mut lexer = Lexer {
        scan: Scan { source, at: start },
        tokens: Vec::new(),
        indents: vec![0],
        depth: 1,
    };
    lexer.read()?;
    lexer.push(TokenKind::End, source.len(), 0);
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    scan: Scan<'a>,
    tokens: Vec<Token>,
    /// The widths of the open indentations.
    indents: Vec<usize>,
    /// The number of open brackets.
    depth: usize,
}

impl Lexer<'_> {
    fn read(&mut self) -> Result<()> {
        loop {
            let (breaks, width) = self.space();
            let Some(first) = self.scan.peek() else {
                return Ok(());
            };
            let is_comment = first == '#' && !self.scan.rest().starts_with("#{");
            let begins_line = breaks > 0 || self.tokens.is_empty();
            if begins_line && self.depth == 0 && !is_comment {
                self.end_of_line();
                self.indent(width)?;
            }
            let start = self.scan.at;
            let kind = if is_comment {
                let text = self.scan.take_while(|c| c != '\n');
                TokenKind::Comment(text.trim_start_matches('#').trim().to_owned())
            } else {
                self.token(first)?
            };
            self.push(kind, start, breaks);
        }
    }

    /// Reads white space. Returns the number of line breaks and the width of the last line.
    fn space(&mut self) -> (usize, usize) {
        let (mut breaks, mut width) = (0, 0);
        loop {
            let rest = self.scan.rest();
            match self.scan.peek() {
                Some('\n') => (breaks, width) = (breaks + 1, 0),
                Some('\t') => width += 8 - width % 8,
                Some('\\') if rest.starts_with("\\\n") => self.scan.at += 1,
                Some(letter) if letter.is_whitespace() => width += 1,
                _ => return (breaks, width),
            }
            self.scan.bump();
        }
    }

    fn push(&mut self, kind: TokenKind, start: usize, breaks: usize) {
        self.tokens.push(Token {
            kind,
            range: start..self.scan.at,
            starts_line: breaks > 0,
            after_gap: breaks > 1,
        });
    }

    fn end_of_line(&mut self) {
        let last = self.tokens.iter().rev();
        let mut code = last.filter(|token| !matches!(token.kind, TokenKind::Comment(_)));
        let is_open = code.next().is_some_and(|token| {
            !matches!(
                token.kind,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
            )
        });
        if is_open {
            self.push(TokenKind::Newline, self.scan.at, 0);
        }
    }

    fn indent(&mut self, width: usize) -> Result<()> {
        let current = self.indents.last().copied().unwrap_or(0);
        if width > current {
            self.indents.push(width);
            self.push(TokenKind::Indent, self.scan.at, 0);
        }
        while self.indents.last().is_some_and(|indent| *indent > width) {
            self.indents.pop();
            self.push(TokenKind::Dedent, self.scan.at, 0);
        }
        if self.indents.last() == Some(&width) {
            return Ok(());
        }
        Err(Problem::new(
            "this indentation does not match a line above",
            self.scan.at,
        ))
    }

    fn close(&mut self) {
        self.end_of_line();
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(TokenKind::Dedent, self.scan.at, 0);
        }
        self.push(TokenKind::End, self.scan.at, 0);
    }

    fn token(&mut self, first: char) -> Result<TokenKind> {
        let start = self.scan.at;
        if first.is_ascii_digit() {
            return Ok(TokenKind::Number(self.scan.number()?));
        }
        if let Some(string) = self.string()? {
            return Ok(string);
        }
        if is_word_start(first) {
            return Ok(TokenKind::Word(
                self.scan.take_while(is_word_letter).to_owned(),
            ));
        }
        let symbol = self.scan.symbol(SYMBOLS);
        let symbol = symbol
            .ok_or_else(|| Problem::new(format!("`{first}` is not understood here"), start))?;
        match symbol {
            "(" | "[" | "{" | "#{" => self.depth += 1,
            ")" | "]" | "}" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(TokenKind::Symbol(symbol))
    }

    /// Reads a string with its prefix, if one is next.
    fn string(&mut self) -> Result<Option<TokenKind>> {
        let rest = self.scan.rest();
        let prefix = rest.find(['"', '\'']).unwrap_or(rest.len());
        if prefix > 2 {
            return Ok(None);
        }
        let kind = rest[..prefix].to_ascii_lowercase();
        if !matches!(kind.as_str(), "" | "f" | "r" | "b" | "u") {
            return Ok(None);
        }
        self.scan.at += prefix;
        let one = &self.scan.rest()[..1];
        let three = one.repeat(3);
        let quote = if self.scan.rest().starts_with(&three) {
            three.as_str()
        } else {
            one
        };
        let start = self.scan.at + quote.len();
        let text = self.scan.string(quote, kind == "r")?;
        Ok(Some(match kind.as_str() {
            "f" => TokenKind::Template(start..self.scan.at - quote.len()),
            "b" => {
                let bytes: Option<_> = text.chars().map(|c| u8::try_from(c).ok()).collect();
                let why = || Problem::new("bytes are ASCII letters and escapes", start);
                TokenKind::Bytes(bytes.ok_or_else(why)?)
            }
            _ => TokenKind::Text(text),
        }))
    }
}
