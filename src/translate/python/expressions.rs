//! Expressions.

use super::lexer;
use super::statements::Parser;
use crate::translate::number::{double, integer};
use crate::translate::problem::{Problem, Result};
use crate::translate::scan::{Scan, to_closing_brace};
use crate::translate::token::{Token, TokenKind};
use crate::translate::token_cursor::TokenCursor;
use crate::translate::tree::{
    Binary, Body, Call, Comprehension, Expr, ExprKind, Items, TemplatePart, Unary,
};

impl Parser<'_> {
    /// Reads an expression.
    pub(super) fn expression(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        if self.cursor.eat("lambda") {
            return self.lambda(at);
        }
        let then = self.or()?;
        if !self.cursor.eat("if") {
            return Ok(then);
        }
        let condition = self.or()?;
        self.cursor.expect("else")?;
        let otherwise = self.expression()?;
        let conditional = ExprKind::Conditional {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        Ok(Expr::new(conditional, at))
    }

    fn lambda(&mut self, at: usize) -> Result<Expr> {
        let parameters = self.cursor.list(":", TokenCursor::name)?;
        let body = Body::Value(Box::new(self.expression()?));
        let function = ExprKind::Function {
            parameters,
            unpacks: false,
            body,
        };
        Ok(Expr::new(function, at))
    }

    fn or(&mut self) -> Result<Expr> {
        let mut left = self.and()?;
        while self.cursor.eat("or") {
            left = Expr::binary(Binary::Or, left, self.and()?);
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr> {
        let mut left = self.not()?;
        while self.cursor.eat("and") {
            left = Expr::binary(Binary::And, left, self.not()?);
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        if !self.cursor.eat("not") {
            return self.comparison();
        }
        let operator = Unary::Not;
        let of = Box::new(self.not()?);
        Ok(Expr::new(ExprKind::Unary { operator, of }, at))
    }

    fn comparison(&mut self) -> Result<Expr> {
        let left = self.sum(0)?;
        let Some((operator, negated)) = self.comparing() else {
            return Ok(left);
        };
        let right = self.sum(0)?;
        if self.comparing().is_some() {
            return Err(self
                .cursor
                .unexpected("a chain of comparisons is not translated:"));
        }
        let compared = Expr::binary(operator, left, right);
        Ok(if negated { compared.not() } else { compared })
    }

    /// Reads a comparing operator, and whether it is negated.
    fn comparing(&mut self) -> Option<(Binary, bool)> {
        let next_is = |parser: &Self, word: &str| parser.cursor.ahead(1).is_word(word);
        let found = match &self.cursor.peek().kind {
            TokenKind::Symbol("==") => (Binary::Equal, false),
            TokenKind::Symbol("!=") => (Binary::NotEqual, false),
            TokenKind::Symbol("<") => (Binary::Less, false),
            TokenKind::Symbol("<=") => (Binary::LessOrEqual, false),
            TokenKind::Symbol(">") => (Binary::Greater, false),
            TokenKind::Symbol(">=") => (Binary::GreaterOrEqual, false),
            TokenKind::Word(word) if word == "in" => (Binary::In, false),
            TokenKind::Word(word) if word == "not" && next_is(self, "in") => {
                self.cursor.next();
                (Binary::In, true)
            }
            TokenKind::Word(word) if word == "is" && next_is(self, "not") => {
                self.cursor.next();
                (Binary::NotEqual, false)
            }
            TokenKind::Word(word) if word == "is" => (Binary::Equal, false),
            _ => return None,
        };
        self.cursor.next();
        Some(found)
    }

    fn sum(&mut self, weakest: u8) -> Result<Expr> {
        let mut left = self.unary()?;
        while let Some((operator, strength)) = arithmetic(self.cursor.peek()) {
            if strength <= weakest {
                break;
            }
            self.cursor.next();
            let right = self.sum(strength)?;
            left = Expr::binary(operator, left, right);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        if !self.cursor.eat("-") {
            return self.postfix();
        }
        let operator = Unary::Minus;
        let of = Box::new(self.unary()?);
        Ok(Expr::new(ExprKind::Unary { operator, of }, at))
    }

    fn postfix(&mut self) -> Result<Expr> {
        let mut expr = self.primary()?;
        loop {
            let at = expr.at;
            if self.cursor.eat(".") {
                let name = self.cursor.name()?;
                let of = Box::new(expr);
                let optional = false;
                expr = Expr::new(ExprKind::Member { of, name, optional }, at);
            } else if self.cursor.eat("[") {
                let index = Box::new(self.expression()?);
                self.cursor.expect("]")?;
                let of = Box::new(expr);
                expr = Expr::new(ExprKind::Index { of, index }, at);
            } else if self.cursor.eat("(") {
                expr = self.call(expr)?;
            } else {
                return Ok(expr);
            }
        }
    }

    /// Reads the arguments of a call, after the bracket.
    fn call(&mut self, callee: Expr) -> Result<Expr> {
        let at = callee.at;
        let multiline = self.cursor.peek().starts_line;
        let (mut args, mut named) = (Vec::new(), Vec::new());
        while !self.cursor.eat(")") {
            if self.cursor.is("*") || self.cursor.is("**") {
                return Err(self.cursor.unexpected("there is no"));
            }
            if self.cursor.peek().word().is_some() && self.cursor.ahead(1).is("=") {
                let name = self.cursor.name()?;
                self.cursor.next();
                named.push((name, self.expression()?));
            } else {
                let value = self.expression()?;
                let close = ")";
                if self.cursor.is_word("for") {
                    args.push(self.comprehension(value, close)?);
                    break;
                }
                args.push(value);
            }
            if !self.cursor.is(")") {
                self.cursor.expect(",")?;
            }
        }
        let call = Call {
            callee: Box::new(callee),
            args,
            named,
            multiline,
            is_new: false,
        };
        Ok(Expr::new(ExprKind::Call(call), at))
    }

    fn primary(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        let kind = match self.cursor.peek().kind.clone() {
            TokenKind::Number(text) => number(&text, at)?,
            TokenKind::Text(_) | TokenKind::Template(_) => return self.strings(),
            TokenKind::Bytes(bytes) => ExprKind::Bytes(bytes),
            TokenKind::Word(word) => word_value(word, at)?,
            TokenKind::Symbol("{" | "#{") => return self.document(),
            TokenKind::Symbol("[") => return self.brackets(),
            TokenKind::Symbol("(") => return self.round_brackets(),
            _ => return Err(self.cursor.unexpected("expected a value, not")),
        };
        self.cursor.next();
        Ok(Expr::new(kind, at))
    }

    /// Reads string literals, which Python joins if they follow each other.
    fn strings(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        let mut parts = Vec::new();
        loop {
            match self.cursor.peek().kind.clone() {
                TokenKind::Text(text) => parts.push(TemplatePart::Text(text)),
                TokenKind::Template(range) => {
                    parts.extend(template(&self.cursor.source[..range.end], range.start)?);
                }
                _ => break,
            }
            self.cursor.next();
        }
        let texts = parts.iter().map(|part| match part {
            TemplatePart::Text(text) => Some(text.as_str()),
            TemplatePart::Value(_) => None,
        });
        let kind = match texts.collect() {
            Some(text) => ExprKind::Text(text),
            None => ExprKind::Template(parts),
        };
        Ok(Expr::new(kind, at))
    }

    /// Reads `{"a": 1}`. Our own documents, `#{ a: 1 }`, have keys without quotes.
    fn document(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        let is_ours = self.cursor.is("#{");
        self.cursor.next();
        let multiline = self.cursor.peek().starts_line;
        let mut items = Vec::new();
        while !self.cursor.eat("}") {
            items.push((self.key(is_ours)?, self.field()?));
            if !self.cursor.is("}") {
                self.cursor.expect(",")?;
            }
        }
        Ok(Expr::new(
            ExprKind::Document(Items { items, multiline }),
            at,
        ))
    }

    fn field(&mut self) -> Result<Expr> {
        self.cursor.expect(":")?;
        let value = self.expression()?;
        if self.cursor.is_word("for") {
            return Err(self.cursor.unexpected("in a dictionary, there is no"));
        }
        Ok(value)
    }

    fn key(&mut self, is_ours: bool) -> Result<String> {
        if let TokenKind::Text(text) = self.cursor.peek().kind.clone() {
            self.cursor.next();
            return Ok(text);
        }
        if !is_ours {
            return Err(self.cursor.unexpected("expected a key in quotes, not"));
        }
        let mut key = self.cursor.name()?;
        while self.cursor.eat(".") {
            key = format!("{key}.{}", self.cursor.name()?);
        }
        Ok(key)
    }

    fn brackets(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        self.cursor.next();
        let multiline = self.cursor.peek().starts_line;
        let mut items = Vec::new();
        while !self.cursor.eat("]") {
            let value = self.expression()?;
            if items.is_empty() && self.cursor.is_word("for") {
                return self.comprehension(value, "]");
            }
            items.push(value);
            if !self.cursor.is("]") {
                self.cursor.expect(",")?;
            }
        }
        Ok(Expr::new(ExprKind::List(Items { items, multiline }), at))
    }

    /// Reads `for x in y if z` up to `close`.
    fn comprehension(&mut self, value: Expr, close: &str) -> Result<Expr> {
        let at = value.at;
        self.cursor.expect("for")?;
        let variable = self.cursor.name()?;
        self.cursor.expect("in")?;
        let over = self.or()?;
        let condition = if self.cursor.eat("if") {
            Some(self.or()?)
        } else {
            None
        };
        self.cursor.expect(close)?;
        let comprehension = Comprehension {
            value,
            variable,
            over,
            condition,
        };
        let kind = ExprKind::Comprehension(Box::new(comprehension));
        Ok(Expr::new(kind, at))
    }

    fn round_brackets(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        self.cursor.next();
        let mut items = Vec::new();
        let mut is_tuple = self.cursor.is(")");
        while !self.cursor.eat(")") {
            items.push(self.expression()?);
            if !self.cursor.is(")") {
                self.cursor.expect(",")?;
                is_tuple = true;
            }
        }
        match items.pop() {
            Some(one) if !is_tuple => Ok(one),
            // Our own spelling of null.
            None => Ok(Expr::new(ExprKind::Null, at)),
            last => {
                items.extend(last);
                Ok(Expr::new(ExprKind::Tuple(items), at))
            }
        }
    }
}

fn arithmetic(token: &Token) -> Option<(Binary, u8)> {
    let TokenKind::Symbol(symbol) = token.kind else {
        return None;
    };
    Some(match symbol {
        "+" => (Binary::Add, 1),
        "-" => (Binary::Subtract, 1),
        "*" => (Binary::Multiply, 2),
        "/" => (Binary::Divide, 2),
        "%" => (Binary::Remainder, 2),
        _ => return None,
    })
}

fn number(text: &str, at: usize) -> Result<ExprKind> {
    let is_integer = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_integer {
        integer(text)
    } else {
        double(text)
    };
    let number = number.ok_or_else(|| Problem::new("this number is too large", at))?;
    Ok(ExprKind::Number(number))
}

fn word_value(word: String, at: usize) -> Result<ExprKind> {
    match word.as_str() {
        "True" | "true" => Ok(ExprKind::Bool(true)),
        "False" | "false" => Ok(ExprKind::Bool(false)),
        "None" => Ok(ExprKind::Null),
        "not" | "lambda" | "if" | "else" | "for" | "in" | "and" | "or" | "is" | "await"
        | "yield" | "null" | "new" | "undefined" | "function" | "const" | "let" | "var" => {
            Err(Problem::new(format!("`{word}` is not understood here"), at))
        }
        _ => Ok(ExprKind::Name(word)),
    }
}

/// Splits an f-string, which is the text from `start` on, into texts and values.
fn template(source: &str, start: usize) -> Result<Vec<TemplatePart>> {
    let mut scan = Scan { source, at: start };
    let mut parts = Vec::new();
    let mut text = String::new();
    loop {
        let at = scan.at;
        if scan.eat("{{") {
            text.push('{');
            continue;
        }
        if scan.eat("}}") {
            text.push('}');
            continue;
        }
        match scan.bump() {
            None => break,
            Some('{') => {
                let end = scan.at + to_closing_brace(scan.rest());
                parts.push(TemplatePart::Text(std::mem::take(&mut text)));
                parts.push(TemplatePart::Value(value(&source[..end], scan.at)?));
                scan.at = end;
                if !scan.eat("}") {
                    return Err(Problem::new("this `{` is not closed", at));
                }
            }
            Some('\\') => match scan.escape() {
                Some(escaped) => text.push_str(&escaped),
                None => return Err(Problem::new("this escape sequence is not translated", at)),
            },
            Some(letter) => text.push(letter),
        }
    }
    parts.push(TemplatePart::Text(text));
    Ok(parts)
}

/// Reads the code inside an f-string, which is the text from `start` on.
fn value(source: &str, start: usize) -> Result<Expr> {
    let tokens = lexer::expression_tokens(source, start)?;
    let mut parser = Parser::new(TokenCursor::new(source, tokens));
    let value = parser.expression()?;
    if parser.cursor.is_end() {
        return Ok(value);
    }
    Err(parser.cursor.unexpected("expected `}`, not"))
}
