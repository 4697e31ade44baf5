//! Writes a translated tree as a script.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::tree::{Binary, Body, Call, Expr, ExprKind, Items, Stmt, StmtKind, TemplatePart, Unary};

/// The binding strength of a value that needs no brackets.
const STRONGEST: u8 = 10;

/// Returns the statements as source code.
pub(super) fn write(statements: &[Stmt]) -> String {
    let mut writer = Writer::default();
    writer.statements(statements, true);
    writer.text
}

#[derive(Default)]
struct Writer {
    text: String,
    /// The number of open blocks.
    depth: usize,
}

impl Writer {
    fn statements(&mut self, statements: &[Stmt], has_value: bool) {
        for (index, statement) in statements.iter().enumerate() {
            if let StmtKind::Comment {
                text,
                trailing: true,
            } = &statement.kind
                && index > 0
            {
                self.push(&format!(" // {}", text.replace('\n', " ")));
                continue;
            }
            if index > 0 {
                self.line();
                if statement.after_gap {
                    let end = self.text.trim_end_matches(' ').len();
                    self.text.truncate(end);
                    self.line();
                }
            }
            let is_last = index + 1 == statements.len();
            self.statement(&statement.kind, is_last && has_value);
        }
    }

    /// Writes a statement. An expression that is a value has no `;`.
    fn statement(&mut self, statement: &StmtKind, is_value: bool) {
        match statement {
            StmtKind::Comment { text, .. } => {
                for (index, line) in text.lines().enumerate() {
                    if index > 0 {
                        self.line();
                    }
                    self.push(format!("// {}", line.trim_end()).trim_end());
                }
            }
            StmtKind::Let { name, value } => {
                self.push(&format!("let {name}"));
                if let Some(value) = value {
                    self.push(" = ");
                    self.value(value);
                }
                self.push(";");
            }
            StmtKind::Assign {
                target,
                operator,
                value,
            } => {
                self.value(target);
                let symbol = operator.map_or("", Binary::symbol);
                self.push(&format!(" {symbol}= "));
                self.value(value);
                self.push(";");
            }
            StmtKind::Expr(expr) => {
                self.value(expr);
                if !is_value {
                    self.push(";");
                }
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => self.condition(condition, then, otherwise),
            StmtKind::For {
                variables,
                over,
                body,
            } => {
                match variables.as_slice() {
                    [one] => self.push(&format!("for {one} in ")),
                    more => self.push(&format!("for ({}) in ", more.join(", "))),
                }
                self.value(over);
                self.push(" ");
                self.block(body);
            }
            StmtKind::While { condition, body } => {
                self.push("while ");
                self.value(condition);
                self.push(" ");
                self.block(body);
            }
            StmtKind::Try { body, handlers } => {
                self.push("try ");
                self.block(body);
                for handler in handlers {
                    self.push(" catch ");
                    if let Some(variable) = &handler.variable {
                        self.push(&format!("({variable}) "));
                    }
                    self.block(&handler.body);
                }
            }
            StmtKind::Throw(value) => self.leave("throw", value.as_ref()),
            StmtKind::Return(value) => self.leave("return", value.as_ref()),
            StmtKind::Break => self.push("break;"),
            StmtKind::Continue => self.push("continue;"),
            StmtKind::Function {
                name,
                parameters,
                body,
            } => {
                self.push(&format!("fn {name}({}) ", parameters.join(", ")));
                self.block(body);
            }
            StmtKind::Command { word, argument } => self.push(&format!("{word} {argument}")),
        }
    }

    fn leave(&mut self, word: &str, value: Option<&Expr>) {
        self.push(word);
        if let Some(value) = value {
            self.push(" ");
            self.value(value);
        }
        self.push(";");
    }

    fn condition(&mut self, condition: &Expr, then: &[Stmt], otherwise: &[Stmt]) {
        self.push("if ");
        self.value(condition);
        self.push(" ");
        self.block(then);
        match otherwise {
            [] => {}
            [
                Stmt {
                    kind: StmtKind::If { .. },
                    ..
                },
            ] => {
                self.push(" else ");
                self.statement(&otherwise[0].kind, false);
            }
            _ => {
                self.push(" else ");
                self.block(otherwise);
            }
        }
    }

    fn block(&mut self, statements: &[Stmt]) {
        self.block_of(statements, false);
    }

    /// Writes a block, whose last expression may be its value.
    fn block_of(&mut self, statements: &[Stmt], has_value: bool) {
        if statements.is_empty() {
            self.push("{ }");
            return;
        }
        self.push("{");
        self.depth += 1;
        self.line();
        self.statements(statements, has_value);
        self.depth -= 1;
        self.line();
        self.push("}");
    }

    /// Writes an expression that stands alone.
    fn value(&mut self, expr: &Expr) {
        self.expr(expr, 0);
    }

    /// Writes an expression, in brackets if it binds weaker than its surroundings.
    fn expr(&mut self, expr: &Expr, surroundings: u8) {
        let strength = strength(expr);
        let needs_brackets = strength < surroundings;
        if needs_brackets {
            self.push("(");
        }
        match &expr.kind {
            ExprKind::Null => self.push("()"),
            ExprKind::Bool(value) => self.push(if *value { "true" } else { "false" }),
            ExprKind::Number(text) => self.push(text),
            ExprKind::Name(name) => self.push(name),
            ExprKind::Text(text) => self.push(&quoted(text)),
            ExprKind::Bytes(bytes) => {
                self.push(&format!("Binary(\"{}\")", BASE64_STANDARD.encode(bytes)));
            }
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::List(list) => self.items("[", list, "]", |writer, item| writer.value(item)),
            ExprKind::Document(fields) if fields.items.is_empty() => self.push("#{}"),
            ExprKind::Document(fields) => self.document(fields),
            ExprKind::Member { of, name, optional } => {
                self.expr(of, STRONGEST);
                self.push(if *optional { "?." } else { "." });
                self.push(name);
            }
            ExprKind::Index { of, index } => {
                self.expr(of, STRONGEST);
                self.push("[");
                self.value(index);
                self.push("]");
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Unary { operator, of } => {
                self.push(match operator {
                    Unary::Not => "!",
                    Unary::Minus => "-",
                });
                self.expr(of, 9);
            }
            ExprKind::Binary {
                operator,
                left,
                right,
            } => {
                self.expr(left, operator.strength());
                self.push(&format!(" {} ", operator.symbol()));
                self.expr(right, operator.strength() + 1);
            }
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                self.push("if ");
                self.value(condition);
                self.push(" { ");
                self.value(then);
                self.push(" } else { ");
                self.value(otherwise);
                self.push(" }");
            }
            ExprKind::Function {
                parameters, body, ..
            } => {
                self.push(&format!("|{}| ", parameters.join(", ")));
                match body {
                    Body::Value(value) => self.value(value),
                    Body::Block(statements) => self.block(statements),
                }
            }
            ExprKind::Block(statements) => self.block_of(statements, true),
            ExprKind::Range {
                from,
                to,
                inclusive,
            } => {
                self.expr(from, 9);
                self.push(if *inclusive { "..=" } else { ".." });
                self.expr(to, 9);
            }
            // The translation replaces these.
            ExprKind::Regex { .. } | ExprKind::Tuple(_) | ExprKind::Comprehension(_) => {}
        }
        if needs_brackets {
            self.push(")");
        }
    }

    fn call(&mut self, call: &Call) {
        self.expr(&call.callee, STRONGEST);
        let list = Items {
            items: call.args.iter().collect(),
            multiline: call.multiline && !call.args.is_empty(),
        };
        self.items("(", &list, ")", |writer, arg| writer.value(arg));
    }

    fn document(&mut self, fields: &Items<(String, Expr)>) {
        let open = if fields.multiline { "#{" } else { "#{ " };
        let close = if fields.multiline { "}" } else { " }" };
        self.items(open, fields, close, |writer, (name, value)| {
            writer.push(&format!("{}: ", key(name)));
            writer.value(value);
        });
    }

    /// Writes items between brackets, on one line or on one line each.
    fn items<T>(
        &mut self,
        open: &str,
        list: &Items<T>,
        close: &str,
        mut write: impl FnMut(&mut Self, &T),
    ) {
        self.push(open);
        self.depth += usize::from(list.multiline);
        for (index, item) in list.items.iter().enumerate() {
            if list.multiline {
                self.line();
            } else if index > 0 {
                self.push(", ");
            }
            write(self, item);
            if list.multiline {
                self.push(",");
            }
        }
        if list.multiline {
            self.depth -= 1;
            self.line();
        }
        self.push(close);
    }

    fn template(&mut self, parts: &[TemplatePart]) {
        self.push("`");
        for part in parts {
            match part {
                TemplatePart::Text(text) => self.push(&raw(text)),
                TemplatePart::Value(value) => {
                    self.push("${");
                    self.value(value);
                    self.push("}");
                }
            }
        }
        self.push("`");
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Begins a line.
    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("    ", self.depth));
    }
}

fn strength(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Binary { operator, .. } => operator.strength(),
        ExprKind::Unary { .. } | ExprKind::Range { .. } => 9,
        ExprKind::Number(text) if text.starts_with('-') => 9,
        ExprKind::Conditional { .. } | ExprKind::Function { .. } => 0,
        _ => STRONGEST,
    }
}

/// Returns the name of a field as it stands in a document.
fn key(name: &str) -> String {
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
            && word.chars().any(|c| c != '_')
    };
    let plain = name.strip_prefix('$').unwrap_or(name);
    if plain.split('.').all(is_word) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// Returns a string literal.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            '\r' => literal.push_str("\\r"),
            _ if letter.is_control() => literal.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

/// Returns a text as it stands in back quotes, where there are no escape sequences.
fn raw(text: &str) -> String {
    let mut raw = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '`' => raw.push_str("``"),
            '$' if letters.peek() == Some(&'{') => raw.push_str("${\"$\"}"),
            _ if letter.is_control() => {
                raw.push_str(&format!("${{{}}}", quoted(&letter.to_string())));
            }
            _ => raw.push(letter),
        }
    }
    raw
}
