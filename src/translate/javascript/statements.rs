//! Statements.

use super::has_next;
use crate::translate::problem::{Problem, Result};
use crate::translate::token::TokenKind;
use crate::translate::token_cursor::TokenCursor;
use crate::translate::tree::{Binary, Expr, ExprKind, Handler, Stmt, StmtKind};

pub(super) struct Parser<'a> {
    pub cursor: TokenCursor<'a>,
}

impl Parser<'_> {
    /// Reads statements up to `close`, or up to the end of the source.
    pub(super) fn statements(&mut self, close: Option<&str>) -> Result<Vec<Stmt>> {
        let mut statements = self.cursor.take_comments();
        loop {
            while self.cursor.eat(";") {}
            statements.extend(self.cursor.take_comments());
            match close {
                Some(close) if self.cursor.is(close) => break,
                None if self.cursor.is_end() => return Ok(statements),
                _ => {}
            }
            let after_gap = self.cursor.peek().after_gap;
            let first = statements.len();
            self.statement(&mut statements)?;
            if let Some(statement) = statements.get_mut(first) {
                statement.after_gap = after_gap;
            }
        }
        self.cursor.next();
        Ok(statements)
    }

    /// Reads `{ … }`, or one statement without braces.
    fn body(&mut self) -> Result<Vec<Stmt>> {
        if self.cursor.eat("{") {
            return self.statements(Some("}"));
        }
        let mut statements = Vec::new();
        self.statement(&mut statements)?;
        Ok(statements)
    }

    pub(super) fn block(&mut self) -> Result<Vec<Stmt>> {
        self.cursor.expect("{")?;
        self.statements(Some("}"))
    }

    fn statement(&mut self, statements: &mut Vec<Stmt>) -> Result<()> {
        let at = self.cursor.at();
        let word = self.cursor.peek().word().unwrap_or_default().to_owned();
        let kind = match word.as_str() {
            "const" | "let" | "var" => return self.declarations(statements),
            "async" if self.cursor.ahead(1).is_word("function") => {
                self.cursor.next();
                self.function()?
            }
            "function" if self.cursor.ahead(1).word().is_some() => self.function()?,
            "if" => self.condition()?,
            "for" => self.for_loop()?,
            "while" => {
                self.cursor.next();
                let condition = self.in_brackets()?;
                has_next::as_loop(condition, self.body()?)
            }
            "try" => self.try_catch()?,
            "throw" => {
                self.cursor.next();
                let value = self.expression()?;
                self.end(StmtKind::Throw(Some(value)))?
            }
            "return" => {
                self.cursor.next();
                let is_empty = self.is_end_of_statement();
                let value = if is_empty {
                    None
                } else {
                    Some(self.expression()?)
                };
                self.end(StmtKind::Return(value))?
            }
            "break" | "continue" => {
                self.cursor.next();
                let is_break = word == "break";
                self.end(if is_break {
                    StmtKind::Break
                } else {
                    StmtKind::Continue
                })?
            }
            "switch" | "do" | "class" | "import" | "export" | "debugger" | "with" => {
                return Err(Problem::new(format!("`{word}` is not translated"), at));
            }
            "delete" => self.delete()?,
            "show" | "use" if self.cursor.ahead(1).word().is_some() => self.command(&word)?,
            "" if self.cursor.is("{") => {
                return Err(Problem::new(
                    "a block without a keyword is not translated",
                    at,
                ));
            }
            _ => {
                let kind = self.simple()?;
                self.end(kind)?
            }
        };
        statements.push(Stmt::new(kind, at));
        Ok(())
    }

    /// Reads an expression or an assignment.
    fn simple(&mut self) -> Result<StmtKind> {
        let target = self.expression()?;
        let at = self.cursor.at();
        let TokenKind::Symbol(symbol) = self.cursor.peek().kind else {
            return Ok(StmtKind::Expr(target));
        };
        let operator = match symbol {
            "=" => None,
            "+=" | "++" => Some(Binary::Add),
            "-=" | "--" => Some(Binary::Subtract),
            "*=" => Some(Binary::Multiply),
            _ => return Ok(StmtKind::Expr(target)),
        };
        self.cursor.next();
        let value = match symbol {
            "++" | "--" => Expr::number(1, at),
            _ => self.expression()?,
        };
        Ok(StmtKind::Assign {
            target,
            operator,
            value,
        })
    }

    fn declarations(&mut self, statements: &mut Vec<Stmt>) -> Result<()> {
        self.cursor.next();
        loop {
            let at = self.cursor.at();
            if self.cursor.is("{") || self.cursor.is("[") {
                return Err(Problem::new(
                    "several names in one declaration are not translated: write `let a = doc.a;`",
                    at,
                ));
            }
            let name = self.cursor.name()?;
            let value = if self.cursor.eat("=") {
                Some(self.expression()?)
            } else {
                None
            };
            statements.push(Stmt::new(StmtKind::Let { name, value }, at));
            if !self.cursor.eat(",") {
                break;
            }
        }
        self.end(())
    }

    fn function(&mut self) -> Result<StmtKind> {
        self.cursor.next();
        Ok(StmtKind::Function {
            name: self.cursor.name()?,
            parameters: self.parameters()?,
            body: self.block()?,
        })
    }

    /// Reads `(a, b)`.
    pub(super) fn parameters(&mut self) -> Result<Vec<String>> {
        self.cursor.expect("(")?;
        self.cursor.list(")", |cursor| {
            let name = cursor.name()?;
            if cursor.is("=") {
                return Err(cursor.unexpected("a default value is not translated:"));
            }
            Ok(name)
        })
    }

    fn condition(&mut self) -> Result<StmtKind> {
        self.cursor.next();
        let condition = self.in_brackets()?;
        let then = self.body()?;
        while self.cursor.is(";") && self.cursor.ahead(1).is_word("else") {
            self.cursor.next();
        }
        let otherwise = if self.cursor.eat("else") {
            self.body()?
        } else {
            Vec::new()
        };
        Ok(StmtKind::If {
            condition,
            then,
            otherwise,
        })
    }

    fn in_brackets(&mut self) -> Result<Expr> {
        self.cursor.expect("(")?;
        let expr = self.expression()?;
        self.cursor.expect(")")?;
        Ok(expr)
    }

    /// Reads `for (const x of y)`, `for (const [k, v] of y)`, or a loop that counts: `for (let i = 0; i < n; i++)`.
    fn for_loop(&mut self) -> Result<StmtKind> {
        let at = self.cursor.at();
        self.cursor.next();
        self.cursor.eat("await");
        self.cursor.expect("(")?;
        if !["const", "let", "var"]
            .iter()
            .any(|word| self.cursor.eat(word))
        {
            return Err(self.cursor.unexpected("expected `let`, not"));
        }
        if self.cursor.is("{") {
            return Err(self.cursor.unexpected("expected one name, not"));
        }
        let variables = match self.cursor.eat("[") {
            true => self.cursor.list("]", |cursor| cursor.name())?,
            false => vec![self.cursor.name()?],
        };
        let over = if self.cursor.eat("of") {
            self.expression()?
        } else if let [name] = variables.as_slice()
            && self.cursor.eat("=")
        {
            self.count(name, at)?
        } else {
            self.cursor.expect("in")?;
            let keys = Expr::name("Object", at).member("keys");
            keys.call(vec![self.expression()?])
        };
        self.cursor.expect(")")?;
        Ok(StmtKind::For {
            variables,
            over,
            body: self.body()?,
        })
    }

    /// Reads `0; i < n; i++` as the range `0..n`.
    fn count(&mut self, name: &str, at: usize) -> Result<Expr> {
        let other = || {
            Problem::new(
                "only a loop such as `for (let i = 0; i < n; i++)` is translated",
                at,
            )
        };
        let from = self.expression()?;
        self.cursor.expect(";")?;
        let ExprKind::Binary {
            operator,
            left,
            right,
        } = self.expression()?.kind
        else {
            return Err(other());
        };
        self.cursor.expect(";")?;
        let step = self.simple()?;
        let is_step = matches!(&step, StmtKind::Assign { target, operator: Some(Binary::Add), value }
            if target.as_name() == Some(name) && value.as_integer() == Some(1));
        let inclusive = match operator {
            Binary::Less => false,
            Binary::LessOrEqual => true,
            _ => return Err(other()),
        };
        if !is_step || left.as_name() != Some(name) {
            return Err(other());
        }
        let range = ExprKind::Range {
            from: Box::new(from),
            to: right,
            inclusive,
        };
        Ok(Expr::new(range, at))
    }

    fn try_catch(&mut self) -> Result<StmtKind> {
        self.cursor.next();
        let body = self.block()?;
        if !self.cursor.eat("catch") {
            return Err(self
                .cursor
                .unexpected("only `try` with `catch` is translated; found"));
        }
        let variable = if self.cursor.eat("(") {
            let name = self.cursor.name()?;
            self.cursor.expect(")")?;
            Some(name)
        } else {
            None
        };
        let handler = Handler {
            classes: Vec::new(),
            variable,
            body: self.block()?,
        };
        if self.cursor.is_word("finally") {
            return Err(self.cursor.unexpected("there is no"));
        }
        let handlers = vec![handler];
        Ok(StmtKind::Try { body, handlers })
    }

    fn delete(&mut self) -> Result<StmtKind> {
        let at = self.cursor.at();
        self.cursor.next();
        let (of, name) = match self.expression()?.kind {
            ExprKind::Member { of, name, .. } => (*of, Expr::text(&name, at)),
            ExprKind::Index { of, index } => (*of, *index),
            _ => return Err(Problem::new("this `delete` is not translated", at)),
        };
        self.end(StmtKind::Expr(of.method("delete_field", vec![name])))
    }

    /// Reads `use shop` and `show dbs`, which mongosh knows beside JavaScript.
    fn command(&mut self, word: &str) -> Result<StmtKind> {
        self.cursor.next();
        let start = self.cursor.at();
        let mut end = start;
        while !self.is_end_of_statement() {
            end = self.cursor.next().range.end;
        }
        let argument = self.cursor.source[start..end].to_owned();
        let word = word.to_owned();
        self.end(StmtKind::Command { word, argument })
    }

    fn is_end_of_statement(&self) -> bool {
        let next = self.cursor.peek();
        next.is(";") || next.is("}") || next.starts_line || next.kind == TokenKind::End
    }

    /// Checks that the statement ends here.
    fn end<T>(&mut self, kind: T) -> Result<T> {
        if self.is_end_of_statement() {
            return Ok(kind);
        }
        Err(self
            .cursor
            .unexpected("expected the end of the statement, not"))
    }
}
