//! `for (name, value) in document { … }`. In Rhai, the second variable of a loop counts, and a
//! document cannot be iterated.
//!
//! What is iterated is known only at run time. So a marker takes the place of the `i` of `in` in the
//! head of each loop with two variables. The parser gets `in` for the marker, and for the `n` behind
//! it a syntax around what is iterated. The syntax replaces a document by [`FieldPairs`] and leaves
//! all other values as they are. In such a loop Rhai gives a [`FieldPair`] to the first variable and
//! a number to the second. Before the script reads any variable, [`unpack`] puts name and value there.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::{
    AST, ASTNode, Dynamic, Engine, EvalAltResult, EvalContext, Expr, Expression, ImmutableString,
    Map, ParseError, Position, Scope, Stmt, Token,
};

use crate::values::document::Document;

/// The name of the syntax around what is iterated. No script can write it.
const SYNTAX: &str = "for fields";

/// The marker: a character that Rhai reserves.
const MARKER: char = '@';

thread_local! {
    /// The loops of this thread whose variables are not set yet.
    static WAITING: Cell<usize> = const { Cell::new(0) };
}

/// Adds the syntax around what is iterated.
pub(super) fn register(engine: &mut Engine) {
    engine.register_iterator::<FieldPairs>();
    engine.register_custom_syntax_with_state_raw(
        SYNTAX,
        |parts, _, _| Ok((parts.len() == 1).then(|| "$expr$".into())),
        false,
        iterated,
    );
}

/// Parses a script, with the markers that its loops need.
///
/// # Errors
/// The error of the parser.
pub fn compile(engine: &Engine, text: &str) -> Result<AST, ParseError> {
    let ast = engine.compile(text)?;
    match with_markers(text, &ast) {
        Some(marked) => engine.compile(marked).or(Ok(ast)),
        None => Ok(ast),
    }
}

/// Returns what a loop iterates over, without the syntax around it.
pub(super) fn inner(expression: &Expr) -> &Expr {
    match expression {
        Expr::Custom(custom, _) if custom.tokens.first().is_some_and(|key| key == SYNTAX) => {
            custom.inputs.first().unwrap_or(expression)
        }
        _ => expression,
    }
}

fn with_markers(text: &str, ast: &AST) -> Option<String> {
    let mut loops = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::For(parts, position))) = path.last()
            && parts.1.is_some()
        {
            loops.push(*position);
        }
        true
    });
    let places = loops
        .iter()
        .filter_map(|position| place_of_in(text, offset(text, *position)?));
    let mut marked = text.to_owned();
    for at in places {
        marked.replace_range(at..=at, MARKER.encode_utf8(&mut [0; 4]));
    }
    (marked != text).then_some(marked)
}

/// Returns where a place is in a text, in bytes.
fn offset(text: &str, position: Position) -> Option<usize> {
    let line = position.line()? - 1;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let column = position.position()? - 1;
    let (at, _) = text.get(start..)?.char_indices().nth(column)?;
    Some(start + at)
}

/// Returns where `in` is in the head of a loop.
fn place_of_in(text: &str, start: usize) -> Option<usize> {
    let closed = start + text.get(start..)?.find(')')? + 1;
    Some(closed + text.get(closed..)?.find("in")?)
}

/// The part of a loop's head that the tokenizer has passed to the parser.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LoopHead {
    #[default]
    None,
    For,
    Open,
    First,
    Comma,
    Second,
    Closed,
    /// The parser got `in` for the marker.
    Marked,
}

impl LoopHead {
    /// Returns the token that the parser gets.
    pub(super) fn next(&mut self, token: Token) -> Token {
        let is_marker = matches!(&token, Token::Reserved(symbol) if symbol.starts_with(MARKER));
        let syntax = || Token::Custom(Box::new(SYNTAX.into()));
        let (head, token) = match (*self, token) {
            (Self::Closed, _) if is_marker => (Self::Marked, Token::In),
            (Self::Marked, Token::Identifier(_)) => (Self::None, syntax()),
            (_, token @ Token::For) => (Self::For, token),
            (Self::For, token @ Token::LeftParen) => (Self::Open, token),
            (Self::Open, token @ Token::Identifier(_)) => (Self::First, token),
            (Self::First, token @ Token::Comma) => (Self::Comma, token),
            (Self::Comma, token @ Token::Identifier(_)) => (Self::Second, token),
            (Self::Second, token @ Token::RightParen) => (Self::Closed, token),
            (_, token) => (Self::None, token),
        };
        *self = head;
        token
    }
}

fn iterated(
    context: &mut EvalContext,
    inputs: &[Expression],
    _: &Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let Some(input) = inputs.first() else {
        return Ok(Dynamic::UNIT);
    };
    let value = context.eval_expression_tree(input)?.flatten();
    let fields = match value.read_lock::<Document>() {
        Some(document) => document.entries()?,
        None => match value.read_lock::<Map>() {
            Some(map) => map
                .iter()
                .map(|(name, value)| (name.as_str().into(), value.clone()))
                .collect(),
            None => return Ok(value.clone()),
        },
    };
    Ok(Dynamic::from(FieldPairs(fields)))
}

/// The fields of a document in a loop with two variables.
#[derive(Clone)]
struct FieldPairs(Vec<(ImmutableString, Dynamic)>);

impl IntoIterator for FieldPairs {
    type Item = FieldPair;
    type IntoIter = FieldPairsIterator;

    fn into_iter(self) -> Self::IntoIter {
        FieldPairsIterator {
            fields: self.0.into_iter(),
            is_waiting: Arc::default(),
        }
    }
}

struct FieldPairsIterator {
    fields: std::vec::IntoIter<(ImmutableString, Dynamic)>,
    /// Whether the variables of the last pair are not set yet.
    is_waiting: Arc<AtomicBool>,
}

impl Iterator for FieldPairsIterator {
    type Item = FieldPair;

    fn next(&mut self) -> Option<FieldPair> {
        let (name, value) = self.fields.next()?;
        if !self.is_waiting.swap(true, Ordering::Relaxed) {
            WAITING.set(WAITING.get() + 1);
        }
        Some(FieldPair {
            name,
            value,
            is_waiting: Arc::clone(&self.is_waiting),
        })
    }
}

impl Drop for FieldPairsIterator {
    fn drop(&mut self) {
        end_wait(&self.is_waiting);
    }
}

fn end_wait(is_waiting: &AtomicBool) {
    if is_waiting.swap(false, Ordering::Relaxed) {
        WAITING.set(WAITING.get().saturating_sub(1));
    }
}

/// One field, in the first variable of a loop whose variables are not set yet.
#[derive(Clone)]
struct FieldPair {
    name: ImmutableString,
    value: Dynamic,
    is_waiting: Arc<AtomicBool>,
}

/// Returns whether a loop waits for [`unpack`].
pub(super) fn is_waiting() -> bool {
    WAITING.get() > 0
}

/// Sets the variables of a loop over a document, if the loop is in this scope.
pub(super) fn unpack(scope: &mut Scope) {
    let mut pair = None;
    // The second variable is directly below the first.
    let mut above: Vec<(String, bool, Dynamic)> = Vec::new();
    for (name, is_constant, value) in scope.iter_raw() {
        above.push((name.to_owned(), is_constant, value.clone()));
        if pair.is_some() {
            break;
        }
        pair = value.read_lock::<FieldPair>().map(|pair| pair.clone());
    }
    let Some(pair) = pair else {
        return;
    };
    end_wait(&pair.is_waiting);
    let mut values = [pair.value, pair.name.into()].into_iter();
    scope.rewind(scope.len() - above.len());
    for (name, is_constant, value) in above.into_iter().rev() {
        let value = match values.next() {
            Some(new) => replaced(value, new),
            None => value,
        };
        if is_constant {
            scope.push_constant_dynamic(name, value);
        } else {
            scope.push_dynamic(name, value);
        }
    }
}

/// Returns a variable's new value. A closure of an earlier iteration may share the variable.
fn replaced(mut variable: Dynamic, new: Dynamic) -> Dynamic {
    if variable.is_shared() {
        if let Some(mut shared) = variable.write_lock::<Dynamic>() {
            *shared = new;
        }
        return variable;
    }
    new
}
