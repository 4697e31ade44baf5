//! Statements.

use crate::translate::problem::{Problem, Result};
use crate::translate::token::TokenKind;
use crate::translate::token_cursor::TokenCursor;
use crate::translate::tree::{Binary, Expr, ExprKind, Handler, Stmt, StmtKind};

/// The modules that a script does not need to import.
const MODULES: &[&str] = &[
    "bson", "datetime", "gridfs", "pprint", "pymongo", "random", "re", "time",
];

pub(super) struct Parser<'a> {
    pub cursor: TokenCursor<'a>,
    /// The variables of each open block that have a value.
    variables: Vec<Vec<String>>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(cursor: TokenCursor<'a>) -> Self {
        Self {
            cursor,
            variables: vec![Vec::new()],
        }
    }

    /// Reads all statements.
    pub(super) fn module(&mut self) -> Result<Vec<Stmt>> {
        // A line that is copied from inside a block is indented.
        let is_indented = self.cursor.peek().kind == TokenKind::Indent;
        if is_indented {
            self.cursor.next();
        }
        let mut statements = self.statements()?;
        if is_indented && self.cursor.peek().kind == TokenKind::Dedent {
            self.cursor.next();
            statements.extend(self.cursor.take_comments());
        }
        if self.cursor.is_end() {
            return Ok(statements);
        }
        Err(self.cursor.unexpected("expected a statement, not"))
    }

    fn statements(&mut self) -> Result<Vec<Stmt>> {
        let mut statements = self.cursor.take_comments();
        while !matches!(self.cursor.peek().kind, TokenKind::Dedent | TokenKind::End) {
            let after_gap = self.cursor.peek().after_gap;
            let first = statements.len();
            self.statement(&mut statements)?;
            if let Some(statement) = statements.get_mut(first) {
                statement.after_gap = after_gap;
            }
            statements.extend(self.cursor.take_comments());
        }
        Ok(statements)
    }

    /// Reads `: …`, on this line or indented below it. `declared` are its variables.
    fn block(&mut self, declared: &[String]) -> Result<Vec<Stmt>> {
        self.cursor.expect(":")?;
        self.variables.push(declared.to_vec());
        let mut statements = Vec::new();
        if self.cursor.peek().kind == TokenKind::Newline {
            self.cursor.next();
            if self.cursor.peek().kind != TokenKind::Indent {
                return Err(self.cursor.unexpected("expected an indented line, not"));
            }
            self.cursor.next();
            statements = self.statements()?;
            self.cursor.next();
        } else {
            self.statement(&mut statements)?;
        }
        self.variables.pop();
        Ok(statements)
    }

    fn statement(&mut self, statements: &mut Vec<Stmt>) -> Result<()> {
        let at = self.cursor.at();
        let word = self.cursor.peek().word().unwrap_or_default().to_owned();
        let kind = match word.as_str() {
            "if" => self.condition()?,
            "for" => self.for_loop()?,
            "while" => {
                self.cursor.next();
                StmtKind::While {
                    condition: self.expression()?,
                    body: self.block(&[])?,
                }
            }
            "def" => self.function()?,
            "try" => self.try_except()?,
            "with" => return self.with(statements),
            "import" | "from" => {
                self.import()?;
                return self.end(());
            }
            "pass" => {
                self.cursor.next();
                return self.end(());
            }
            "class" | "async" | "lambda" | "global" | "nonlocal" | "yield" | "match" | "del"
                if self.cursor.ahead(1).word().is_some() =>
            {
                return Err(Problem::new(format!("`{word}` is not translated"), at));
            }
            _ => {
                let kind = self.simple(&word)?;
                self.end(kind)?
            }
        };
        if matches!(&kind, StmtKind::Expr(expr) if expr.as_text().is_some()) {
            // A text alone is a comment in Python.
            return Ok(());
        }
        statements.push(Stmt::new(kind, at));
        Ok(())
    }

    /// Reads a statement of one line.
    fn simple(&mut self, word: &str) -> Result<StmtKind> {
        match word {
            "return" | "raise" => {
                self.cursor.next();
                let is_empty = self.is_end_of_statement();
                let value = if is_empty { None } else { Some(self.values()?) };
                Ok(match word {
                    "raise" => StmtKind::Throw(value),
                    _ => StmtKind::Return(value),
                })
            }
            "break" => {
                self.cursor.next();
                Ok(StmtKind::Break)
            }
            "continue" => {
                self.cursor.next();
                Ok(StmtKind::Continue)
            }
            "assert" => {
                let at = self.cursor.at();
                self.cursor.next();
                let args = self.cursor_list()?;
                Ok(StmtKind::Expr(Expr::name("assert", at).call(args)))
            }
            "show" | "use" if self.cursor.ahead(1).word().is_some() => {
                Err(self.cursor.unexpected("not Python:"))
            }
            _ => self.assignment(),
        }
    }

    fn cursor_list(&mut self) -> Result<Vec<Expr>> {
        let mut items = vec![self.expression()?];
        while self.cursor.eat(",") {
            items.push(self.expression()?);
        }
        Ok(items)
    }

    /// Reads one value, or several as a tuple.
    fn values(&mut self) -> Result<Expr> {
        let mut items = self.cursor_list()?;
        if items.len() == 1 {
            return Ok(items.remove(0));
        }
        let at = items[0].at;
        Ok(Expr::new(ExprKind::Tuple(items), at))
    }

    fn assignment(&mut self) -> Result<StmtKind> {
        let target = self.values()?;
        let at = self.cursor.at();
        if self.cursor.is(":") {
            // `name: type = value`.
            return Err(self
                .cursor
                .unexpected("expected the end of the statement, not"));
        }
        let TokenKind::Symbol(symbol) = self.cursor.peek().kind else {
            return Ok(StmtKind::Expr(target));
        };
        let operator = match symbol {
            "=" => None,
            "+=" => Some(Binary::Add),
            "-=" => Some(Binary::Subtract),
            "*=" => Some(Binary::Multiply),
            _ => return Ok(StmtKind::Expr(target)),
        };
        self.cursor.next();
        let value = self.values()?;
        if self.cursor.is("=") || matches!(target.kind, ExprKind::Tuple(_)) {
            return Err(Problem::new(
                "several assignments at once are not translated",
                at,
            ));
        }
        if operator.is_none()
            && let Some(name) = target.as_name()
            && self.declare(name)
        {
            let name = name.to_owned();
            let value = Some(value);
            return Ok(StmtKind::Let { name, value });
        }
        Ok(StmtKind::Assign {
            target,
            operator,
            value,
        })
    }

    /// Notes that the variable has a value. Returns whether it is new.
    fn declare(&mut self, name: &str) -> bool {
        let is_known = self.variables.iter().flatten().any(|known| known == name);
        if !is_known && let Some(block) = self.variables.last_mut() {
            block.push(name.to_owned());
        }
        !is_known
    }

    fn condition(&mut self) -> Result<StmtKind> {
        self.cursor.next();
        let condition = self.expression()?;
        let then = self.block(&[])?;
        let at = self.cursor.at();
        let otherwise = if self.cursor.is_word("elif") {
            vec![Stmt::new(self.condition()?, at)]
        } else if self.cursor.eat("else") {
            self.block(&[])?
        } else {
            Vec::new()
        };
        Ok(StmtKind::If {
            condition,
            then,
            otherwise,
        })
    }

    fn for_loop(&mut self) -> Result<StmtKind> {
        self.cursor.next();
        let mut variables = Vec::new();
        let is_in_brackets = self.cursor.eat("(");
        loop {
            variables.push(self.cursor.name()?);
            if !self.cursor.eat(",") {
                break;
            }
        }
        if is_in_brackets {
            self.cursor.expect(")")?;
        }
        self.cursor.expect("in")?;
        let over = self.expression()?;
        let body = self.block(&variables)?;
        if self.cursor.is_word("else") {
            return Err(self.cursor.unexpected("after a loop, there is no"));
        }
        Ok(StmtKind::For {
            variables,
            over,
            body,
        })
    }

    fn function(&mut self) -> Result<StmtKind> {
        self.cursor.next();
        let name = self.cursor.name()?;
        self.cursor.expect("(")?;
        let parameters = self.cursor.list(")", |cursor| {
            let name = cursor.name()?;
            if cursor.is("=") || cursor.is(":") {
                return Err(cursor.unexpected("default values and types are not translated:"));
            }
            Ok(name)
        })?;
        let outside = std::mem::take(&mut self.variables);
        let body = self.block(&parameters)?;
        self.variables = outside;
        Ok(StmtKind::Function {
            name,
            parameters,
            body,
        })
    }

    fn try_except(&mut self) -> Result<StmtKind> {
        let at = self.cursor.at();
        self.cursor.next();
        let body = self.block(&[])?;
        let mut handlers = Vec::new();
        while self.cursor.is_word("except") {
            handlers.push(self.except()?);
        }
        if handlers.is_empty() {
            return Err(Problem::new("only `try` with `except` is translated", at));
        }
        if self.cursor.is_word("finally") || self.cursor.is_word("else") {
            return Err(self.cursor.unexpected("after `except`, there is no"));
        }
        Ok(StmtKind::Try { body, handlers })
    }

    fn except(&mut self) -> Result<Handler> {
        self.cursor.next();
        let mut classes = Vec::new();
        if !self.cursor.is(":") {
            let one = self.expression()?;
            classes = match one.kind {
                ExprKind::Tuple(items) => items,
                _ => vec![one],
            };
        }
        let variable = if self.cursor.eat("as") {
            Some(self.cursor.name()?)
        } else {
            None
        };
        let declared: Vec<String> = variable.iter().cloned().collect();
        Ok(Handler {
            classes,
            variable,
            body: self.block(&declared)?,
        })
    }

    /// Reads `with client.start_session() as s:` as a variable and the block, and
    /// `with s.start_transaction():` as the calls that begin and end it.
    fn with(&mut self, statements: &mut Vec<Stmt>) -> Result<()> {
        let at = self.cursor.at();
        self.cursor.next();
        let value = self.expression()?;
        let receiver = match &value.kind {
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Member { of, name, .. } => Some(((**of).clone(), name.clone())),
                _ => None,
            },
            _ => None,
        };
        let (of, method) = receiver.unwrap_or_else(|| (value.clone(), String::new()));
        let close = match method.as_str() {
            "start_session" => "end_session",
            "watch" | "find" | "aggregate" | "sort" | "limit" => "close",
            "start_transaction" if self.cursor.is(":") => {
                let body = self.block(&[])?;
                statements.push(Stmt::new(StmtKind::Expr(value), at));
                statements.push(Stmt::new(transaction(of, body, at), at));
                return Ok(());
            }
            _ => {
                let why =
                    "`with` is translated for sessions, transactions, cursors and change streams";
                return Err(Problem::new(why, at));
            }
        };
        self.cursor.expect("as")?;
        let name = self.cursor.name()?;
        let body = self.block(std::slice::from_ref(&name))?;
        let handle = Expr::name(&name, at);
        let value = Some(value);
        statements.push(Stmt::new(StmtKind::Let { name, value }, at));
        // The places order the statements of a file.
        let last = body.iter().map(|statement| statement.at).max();
        statements.extend(body);
        let end = handle.method(close, Vec::new());
        statements.push(Stmt::new(StmtKind::Expr(end), last.unwrap_or(at)));
        Ok(())
    }

    fn import(&mut self) -> Result<()> {
        self.cursor.next();
        let at = self.cursor.at();
        let module = self.cursor.name()?;
        if !MODULES.contains(&module.as_str()) {
            return Err(Problem::new(format!("there is no module `{module}`"), at));
        }
        while !self.is_end_of_statement() {
            if self.cursor.is_word("as") {
                return Err(self
                    .cursor
                    .unexpected("a new name for a module is not translated:"));
            }
            self.cursor.next();
        }
        Ok(())
    }

    fn is_end_of_statement(&self) -> bool {
        let next = self.cursor.peek();
        next.is(";") || matches!(next.kind, TokenKind::Newline | TokenKind::End)
    }

    /// Checks that the statement ends here.
    fn end<T>(&mut self, kind: T) -> Result<T> {
        if !self.is_end_of_statement() {
            return Err(self
                .cursor
                .unexpected("expected the end of the statement, not"));
        }
        self.cursor.next();
        Ok(kind)
    }
}

/// Returns the body of a transaction: it is committed at the end, or aborted by an error.
fn transaction(session: Expr, mut body: Vec<Stmt>, at: usize) -> StmtKind {
    let call = |name| {
        let call = session.clone().method(name, Vec::new());
        Stmt::new(StmtKind::Expr(call), at)
    };
    body.push(call("commit_transaction"));
    let handler = Handler {
        classes: Vec::new(),
        variable: None,
        body: vec![
            call("abort_transaction"),
            Stmt::new(StmtKind::Throw(None), at),
        ],
    };
    StmtKind::Try {
        body,
        handlers: vec![handler],
    }
}
