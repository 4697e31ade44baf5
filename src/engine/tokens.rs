//! The tokens that the parser gets in place of those of the script.

use std::sync::{Mutex, PoisonError};

use rhai::{Engine, Position, Token};

use super::field_loops::{self, LoopHead};
use super::try_catch;

/// Adds the syntaxes that need other tokens. `map` may change all other tokens.
pub fn register(
    engine: &mut Engine,
    map: impl Fn(Token, Position) -> Token + Send + Sync + 'static,
) {
    field_loops::register(engine);
    let catch_heads = try_catch::register(engine);
    let loop_head = Mutex::new(LoopHead::default());
    #[allow(deprecated, reason = "Rhai marks the hook as volatile in this way")]
    engine.on_parse_token(move |token, position, _| {
        let mut loop_head = loop_head.lock().unwrap_or_else(PoisonError::into_inner);
        let token = try_catch::lock(&catch_heads).next(loop_head.next(token));
        map(token, position)
    });
}
