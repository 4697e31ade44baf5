//! `try { … } catch (err) { … }` is an expression. Its value is the last value of the block that
//! ended. Rhai's own statement drops the value of the `catch` block, and its optimiser drops a
//! constant at the end of the `try` block.
//!
//! A custom syntax cannot declare a variable that closures in its block can capture. So the tokens
//! `catch (err) {` reach the parser as `{ let err ;;`, and the value of `err` is put there when an
//! error is caught.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::{
    Dynamic, Engine, EvalAltResult, EvalContext, Expr, Expression, ImmutableString, LexError,
    Module, ParseError, ParseErrorType, Position, Stmt, Token,
};

use crate::api::run::session::Session;
use crate::values::thrown::{Explanation, caught};

/// The keyword that the syntax starts with.
pub(super) const TRY: &str = "try";

/// Replaces Rhai's `try` statement. Returns the state that every token has to pass.
pub(super) fn register(engine: &mut Engine) -> Arc<Mutex<CatchHeads>> {
    let heads = Arc::new(Mutex::new(CatchHeads::new()));
    let reader = Arc::clone(&heads);
    engine.disable_symbol(TRY);
    engine.register_custom_syntax_with_state_raw(
        TRY,
        move |parts, next, state| parse(parts.len(), next, &mut lock(&reader), state),
        false,
        evaluate,
    );
    heads
}

pub(super) fn lock(heads: &Mutex<CatchHeads>) -> MutexGuard<'_, CatchHeads> {
    heads.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tokens from `catch` to `{` that the tokenizer has passed to the parser.
#[derive(Default)]
pub(super) struct CatchHeads {
    seen: Seen,
    /// For each handler that is being parsed, its name for the error; empty if it has none.
    names: Vec<ImmutableString>,
    /// Whether the last token was `}`. Without it, `catch` is a name in a document.
    is_after_brace: bool,
    /// Whether the next token starts a statement.
    is_at_start: bool,
    /// Whether the last `try` started a statement.
    try_is_statement: bool,
    /// Whether the text has ended, so that the next token starts another.
    is_over: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Nothing,
    Catch,
    Parenthesis,
    Name,
    Closed,
}

impl CatchHeads {
    /// Returns the state at the start of a text.
    fn new() -> Self {
        Self {
            is_at_start: true,
            ..Self::default()
        }
    }

    /// Returns the token that the parser gets.
    pub(super) fn next(&mut self, token: Token) -> Token {
        if self.is_over {
            *self = Self::new();
        }
        if matches!(&token, Token::Custom(word) | Token::Reserved(word) if **word == TRY) {
            self.try_is_statement = self.is_at_start;
        }
        self.is_at_start = matches!(
            token,
            Token::SemiColon | Token::LeftBrace | Token::RightBrace
        );
        self.is_over = token == Token::EOF;
        let is_handler = self.is_after_brace;
        self.is_after_brace = token == Token::RightBrace;
        let (seen, token) = match (self.seen, token) {
            (_, Token::Catch) if is_handler => {
                self.names.push(ImmutableString::new());
                (Seen::Catch, Token::LeftBrace)
            }
            (Seen::Catch, Token::LeftParen) => (Seen::Parenthesis, Token::Let),
            (Seen::Parenthesis, Token::Identifier(name)) => {
                if let Some(last) = self.names.last_mut() {
                    *last = name.as_str().into();
                }
                (Seen::Name, Token::Identifier(name))
            }
            (Seen::Name, Token::RightParen) => (Seen::Closed, Token::SemiColon),
            (Seen::Catch | Seen::Closed, Token::LeftBrace) => (Seen::Nothing, Token::SemiColon),
            (Seen::Catch, Token::EOF) => (Seen::Nothing, Token::EOF),
            (Seen::Catch, _) => {
                let error = LexError::Runtime("expected `(err)` or `{` after `catch`".into());
                (Seen::Nothing, Token::LexError(Box::new(error)))
            }
            (_, other) => (Seen::Nothing, other),
        };
        self.seen = seen;
        token
    }
}

/// The symbols that continue an expression and can also start a statement.
const CONTINUES: [&str; 6] = ["[", "(", "-", "+", "|", "||"];

/// Returns the next expected part: after `try` the two blocks. The state is whether `try` starts a
/// statement, and at the end the handler's name for the error.
fn parse(
    parts: usize,
    next: &str,
    heads: &mut CatchHeads,
    state: &mut Dynamic,
) -> Result<Option<ImmutableString>, ParseError> {
    match parts {
        1 => {
            *state = heads.try_is_statement.into();
            Ok(Some("$block$".into()))
        }
        2 if heads.seen == Seen::Catch => Ok(Some("$block$".into())),
        2 => {
            let kind = match next {
                "{EOF}" => ParseErrorType::UnexpectedEOF,
                _ => ParseErrorType::MissingToken("catch".into(), "for the `try` statement".into()),
            };
            Err(ParseError(Box::new(kind), Position::NONE))
        }
        // Rhai would continue the expression: `try { … } catch { … } [1]` would be an index.
        _ if matches!(state.as_bool(), Ok(true)) && CONTINUES.contains(&next) => {
            let before = format!("before `{next}`, to end the `try` statement");
            let kind = ParseErrorType::MissingToken(";".into(), before);
            Err(ParseError(Box::new(kind), Position::NONE))
        }
        _ => {
            *state = heads.names.pop().unwrap_or_default().into();
            Ok(None)
        }
    }
}

fn evaluate(
    context: &mut EvalContext,
    inputs: &[Expression],
    name: &Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let [body, handler] = inputs else {
        return Ok(Dynamic::UNIT);
    };
    let (value, error) = match context.eval_expression_tree(body) {
        Ok(value) => return Ok(value),
        Err(error) => caught(error, |error| explained(context, error))?,
    };
    let name = name.as_immutable_string_ref().ok();
    let named = name.and_then(|name| with_error(handler, &name, value));
    let result = match &named {
        Some(handler) => context.eval_expression_tree(&handler.into()),
        None => context.eval_expression_tree(handler),
    };
    result.map_err(|thrown| match *thrown {
        EvalAltResult::ErrorRuntime(ref value, position) if value.is_unit() => {
            passed_on(error, position)
        }
        _ => thrown,
    })
}

fn explained(context: &EvalContext, error: &EvalAltResult) -> Explanation {
    let modules: Vec<&Module> = context.iter_namespaces().collect();
    let session = context.tag().read_lock::<Session>();
    session.map_or_else(
        || Explanation {
            message: error.to_string(),
            hint: None,
        },
        |session| session.explain(error, context.source(), modules.iter().copied()),
    )
}

/// A bare `throw;` passes the error on. A thrown value notes where; an error of Rhai keeps its
/// place.
fn passed_on(mut error: Box<EvalAltResult>, position: Position) -> Box<EvalAltResult> {
    if matches!(*error, EvalAltResult::ErrorRuntime(..)) {
        error.set_position(position);
    }
    error
}

/// Returns the handler with `let name = value` as its first statement; nothing if it has no such
/// variable.
fn with_error(handler: &Expr, name: &str, value: Dynamic) -> Option<Expr> {
    let Expr::Stmt(block) = handler else {
        return None;
    };
    let is_named =
        |statement: &Stmt| matches!(statement, Stmt::Var(variable, ..) if variable.0.name == name);
    if !block.statements().first().is_some_and(is_named) {
        return None;
    }
    let mut block = block.clone();
    let Some(Stmt::Var(variable, ..)) = block.statements_mut().first_mut() else {
        return None;
    };
    variable.1 = Expr::DynamicConstant(Box::new(value), Position::NONE);
    Some(Expr::Stmt(block))
}
