//! Expressions.

use super::lexer;
use super::statements::Parser;
use crate::translate::number::whole_or_double;
use crate::translate::problem::{Problem, Result};
use crate::translate::scan::{Scan, to_closing_brace};
use crate::translate::token::{Token, TokenKind};
use crate::translate::token_cursor::TokenCursor;
use crate::translate::tree::{Binary, Body, Call, Expr, ExprKind, Items, TemplatePart, Unary};

impl Parser<'_> {
    /// Reads an expression without an assignment.
    pub(super) fn expression(&mut self) -> Result<Expr> {
        if let Some(function) = self.arrow()? {
            return Ok(function);
        }
        let at = self.cursor.at();
        let condition = self.binary(0)?;
        if !self.cursor.eat("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.cursor.expect(":")?;
        let otherwise = self.expression()?;
        let conditional = ExprKind::Conditional {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        Ok(Expr::new(conditional, at))
    }

    /// Reads `x => x + 1` and `(a, b) => { … }`.
    fn arrow(&mut self) -> Result<Option<Expr>> {
        let at = self.cursor.at();
        let is_async = self.cursor.is_word("async") && !self.cursor.ahead(1).is_word("function");
        let start = usize::from(is_async);
        let is_one =
            self.cursor.ahead(start).word().is_some() && self.cursor.ahead(start + 1).is("=>");
        if !is_one && !self.are_parameters(start) {
            return Ok(None);
        }
        if is_async {
            self.cursor.next();
        }
        let (parameters, unpacks) = if is_one {
            (vec![self.cursor.name()?], false)
        } else {
            self.parameters_or_pattern()?
        };
        self.cursor.expect("=>")?;
        let body = if self.cursor.is("{") {
            Body::Block(self.block()?)
        } else {
            Body::Value(Box::new(self.expression()?))
        };
        let function = ExprKind::Function {
            parameters,
            unpacks,
            body,
        };
        Ok(Some(Expr::new(function, at)))
    }

    /// Returns whether `( … ) =>` is next.
    fn are_parameters(&self, start: usize) -> bool {
        if !self.cursor.ahead(start).is("(") {
            return false;
        }
        let mut depth = 0_usize;
        for distance in start.. {
            let token = self.cursor.ahead(distance);
            match token.kind {
                TokenKind::Symbol("(" | "[" | "{" | "#{") => depth += 1,
                TokenKind::Symbol(")" | "]" | "}") => depth -= 1,
                TokenKind::End => return false,
                _ => {}
            }
            if depth == 0 {
                return self.cursor.ahead(distance + 1).is("=>");
            }
        }
        false
    }

    fn binary(&mut self, weakest: u8) -> Result<Expr> {
        let mut left = self.unary()?;
        while let Some((operator, strength)) = operator(self.cursor.peek()) {
            if strength <= weakest {
                break;
            }
            self.cursor.next();
            let right = self.binary(strength)?;
            left = Expr::binary(operator, left, right);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        let operator = match &self.cursor.peek().kind {
            TokenKind::Symbol("!") => Unary::Not,
            TokenKind::Symbol("-") => Unary::Minus,
            TokenKind::Word(word) if word == "await" => {
                self.cursor.next();
                return self.unary();
            }
            TokenKind::Word(word)
                if matches!(word.as_str(), "typeof" | "void" | "delete" | "yield") =>
            {
                return Err(Problem::new(format!("`{word}` is not translated"), at));
            }
            _ => return self.postfix(),
        };
        self.cursor.next();
        let of = Box::new(self.unary()?);
        Ok(Expr::new(ExprKind::Unary { operator, of }, at))
    }

    fn postfix(&mut self) -> Result<Expr> {
        let is_new = self.cursor.is_word("new");
        if is_new {
            self.cursor.next();
        }
        let mut expr = self.primary()?;
        let mut is_new = is_new;
        loop {
            let at = expr.at;
            let optional = self.cursor.is("?.");
            if self.cursor.eat(".") || self.cursor.eat("?.") {
                if optional && (self.cursor.is("(") || self.cursor.is("[")) {
                    return Err(self.cursor.unexpected("expected a name after `?.`, not"));
                }
                let name = self.cursor.name()?;
                let of = Box::new(expr);
                expr = Expr::new(ExprKind::Member { of, name, optional }, at);
            } else if self.cursor.eat("[") {
                let index = Box::new(self.expression()?);
                self.cursor.expect("]")?;
                let of = Box::new(expr);
                expr = Expr::new(ExprKind::Index { of, index }, at);
            } else if self.cursor.is("(") {
                let (args, multiline) = self.arguments()?;
                let call = Call {
                    callee: Box::new(expr),
                    args,
                    named: Vec::new(),
                    multiline,
                    is_new: std::mem::take(&mut is_new),
                };
                expr = Expr::new(ExprKind::Call(call), at);
            } else if is_new && expr.as_name() == Some("Date") {
                // JavaScript allows `new Date` without brackets.
                expr = expr.call(Vec::new());
                is_new = false;
            } else {
                return Ok(expr);
            }
        }
    }

    fn arguments(&mut self) -> Result<(Vec<Expr>, bool)> {
        self.cursor.next();
        let multiline = self.cursor.peek().starts_line;
        Ok((self.items(")")?, multiline))
    }

    /// Reads expressions up to `close`.
    fn items(&mut self, close: &str) -> Result<Vec<Expr>> {
        let mut items = Vec::new();
        while !self.cursor.eat(close) {
            if self.cursor.is("...") {
                return Err(self.cursor.unexpected("there is no"));
            }
            items.push(self.expression()?);
            if !self.cursor.is(close) {
                self.cursor.expect(",")?;
            }
        }
        Ok(items)
    }

    fn primary(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        if self.cursor.is_word("function")
            || (self.cursor.is_word("async") && self.cursor.ahead(1).is_word("function"))
        {
            return self.function_expression();
        }
        let kind = match self.cursor.peek().kind.clone() {
            TokenKind::Number(text) => ExprKind::Number(
                whole_or_double(&text)
                    .ok_or_else(|| Problem::new("this number is too large", at))?,
            ),
            TokenKind::Text(text) => ExprKind::Text(text),
            TokenKind::Template(range) => {
                ExprKind::Template(template(&self.cursor.source[..range.end], range.start)?)
            }
            TokenKind::Regex { pattern, flags } => ExprKind::Regex { pattern, flags },
            TokenKind::Word(word) => word_value(word, at)?,
            TokenKind::Symbol(symbol @ ("{" | "#{")) => return self.document(symbol == "#{"),
            TokenKind::Symbol("[") => {
                self.cursor.next();
                let multiline = self.cursor.peek().starts_line;
                let items = self.items("]")?;
                return Ok(Expr::new(ExprKind::List(Items { items, multiline }), at));
            }
            TokenKind::Symbol("(") => {
                self.cursor.next();
                if self.cursor.eat(")") {
                    return Ok(Expr::new(ExprKind::Null, at));
                }
                let expr = self.expression()?;
                self.cursor.expect(")")?;
                return Ok(expr);
            }
            _ => return Err(self.cursor.unexpected("expected a value, not")),
        };
        self.cursor.next();
        Ok(Expr::new(kind, at))
    }

    fn function_expression(&mut self) -> Result<Expr> {
        let at = self.cursor.at();
        self.cursor.eat("async");
        self.cursor.next();
        if self.cursor.peek().word().is_some() {
            self.cursor.next();
        }
        let (parameters, unpacks) = self.parameters_or_pattern()?;
        let function = ExprKind::Function {
            parameters,
            unpacks,
            body: Body::Block(self.block()?),
        };
        Ok(Expr::new(function, at))
    }

    /// Reads `(a, b)`, or the pattern `([a, b])`, for which it also returns `true`.
    fn parameters_or_pattern(&mut self) -> Result<(Vec<String>, bool)> {
        let unpacks = self.cursor.ahead(1).is("[");
        if !unpacks {
            return Ok((self.parameters()?, false));
        }
        self.cursor.expect("(")?;
        self.cursor.expect("[")?;
        let parameters = self.cursor.list("]", TokenCursor::name)?;
        self.cursor.expect(")")?;
        Ok((parameters, true))
    }

    /// Reads `{ … }`. Our own documents, `#{ … }`, also have keys such as `a.b`.
    fn document(&mut self, is_ours: bool) -> Result<Expr> {
        let at = self.cursor.at();
        self.cursor.next();
        let multiline = self.cursor.peek().starts_line;
        let mut items = Vec::new();
        while !self.cursor.eat("}") {
            items.push(self.field(is_ours)?);
            if !self.cursor.is("}") {
                self.cursor.expect(",")?;
            }
        }
        Ok(Expr::new(
            ExprKind::Document(Items { items, multiline }),
            at,
        ))
    }

    fn field(&mut self, is_ours: bool) -> Result<(String, Expr)> {
        let token = self.cursor.peek().clone();
        let at = token.range.start;
        let mut key = match token.kind {
            TokenKind::Word(word) => word,
            TokenKind::Text(text) => text,
            _ => return Err(self.cursor.unexpected("expected the name of a field, not")),
        };
        self.cursor.next();
        while is_ours && self.cursor.eat(".") {
            key = format!("{key}.{}", self.cursor.name()?);
        }
        if self.cursor.is(",") || self.cursor.is("}") {
            let value = Expr::name(&key, at);
            return Ok((key, value));
        }
        self.cursor.expect(":")?;
        Ok((key, self.expression()?))
    }
}

fn operator(token: &Token) -> Option<(Binary, u8)> {
    let TokenKind::Symbol(symbol) = token.kind else {
        return token.is_word("in").then_some((Binary::In, 4));
    };
    Some(match symbol {
        "||" => (Binary::Or, 1),
        "??" => (Binary::Coalesce, 1),
        "&&" => (Binary::And, 2),
        "==" | "===" => (Binary::Equal, 3),
        "!=" | "!==" => (Binary::NotEqual, 3),
        "<" => (Binary::Less, 4),
        "<=" => (Binary::LessOrEqual, 4),
        ">" => (Binary::Greater, 4),
        ">=" => (Binary::GreaterOrEqual, 4),
        "+" => (Binary::Add, 5),
        "-" => (Binary::Subtract, 5),
        "*" => (Binary::Multiply, 6),
        "/" => (Binary::Divide, 6),
        "%" => (Binary::Remainder, 6),
        _ => return None,
    })
}

fn word_value(word: String, at: usize) -> Result<ExprKind> {
    match word.as_str() {
        "true" => Ok(ExprKind::Bool(true)),
        "false" => Ok(ExprKind::Bool(false)),
        "null" | "undefined" => Ok(ExprKind::Null),
        "this" | "super" | "class" | "NaN" | "Infinity" => {
            Err(Problem::new(format!("`{word}` is not translated"), at))
        }
        // Words of Python: the text is not JavaScript.
        "None" | "True" | "False" | "not" | "lambda" => {
            Err(Problem::new(format!("`{word}` is not JavaScript"), at))
        }
        _ => Ok(ExprKind::Name(word)),
    }
}

/// Splits a template, which is the text from `start` on, into texts and values.
fn template(source: &str, start: usize) -> Result<Vec<TemplatePart>> {
    let mut scan = Scan { source, at: start };
    let mut parts = Vec::new();
    let mut text = String::new();
    loop {
        let at = scan.at;
        if scan.eat("${") {
            let end = scan.at + to_closing_brace(scan.rest());
            parts.push(TemplatePart::Text(std::mem::take(&mut text)));
            parts.push(TemplatePart::Value(value(&source[..end], scan.at)?));
            scan.at = end + 1;
            continue;
        }
        match scan.bump() {
            None => break,
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

/// Reads the code inside a template, which is the text from `start` on.
fn value(source: &str, start: usize) -> Result<Expr> {
    let cursor = TokenCursor::new(source, lexer::tokens(source, start)?);
    let mut parser = Parser { cursor };
    let value = parser.expression()?;
    if parser.cursor.is_end() {
        return Ok(value);
    }
    Err(parser.cursor.unexpected("expected `}`, not"))
}
