use rhai::{Engine, LexError, ParseErrorType, Position};

/// What a parser says about code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Complete,
    /// It is wrong at its end, so more lines may complete it.
    Open,
    /// No more lines can make it right.
    Wrong,
}

impl Syntax {
    /// Parses code.
    pub fn of(engine: &Engine, code: &str) -> Self {
        let Err(error) = engine.compile(code) else {
            return Self::Complete;
        };
        let is_open = match &*error.0 {
            ParseErrorType::UnexpectedEOF
            | ParseErrorType::BadInput(LexError::UnterminatedString) => true,
            _ => is_end(code, error.1),
        };
        match is_open {
            true => Self::Open,
            false => Self::Wrong,
        }
    }
}

/// Returns whether nothing follows a place in code.
fn is_end(code: &str, place: Position) -> bool {
    let code = code.trim_end();
    let lines = code.split('\n').count();
    let columns = code.rsplit('\n').next().unwrap_or_default().chars().count();
    match (place.line(), place.position()) {
        (Some(line), Some(column)) => (line, column) > (lines, columns),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_complete_open_or_wrong() {
        let engine = Engine::new();
        for (code, expected) in [
            ("let x = 1;", Syntax::Complete),
            ("fn f() {", Syntax::Open),
            ("fn f() {\n  let x = [1,\n", Syntax::Open),
            ("let x =", Syntax::Open),
            ("f(1, ", Syntax::Open),
            ("`text", Syntax::Open),
            ("#{ a: 1,", Syntax::Open),
            ("if x { 1 } else", Syntax::Open),
            ("let = {", Syntax::Wrong),
            (")", Syntax::Wrong),
            ("f(1]", Syntax::Wrong),
            ("fn f() {\n  let let x\n", Syntax::Wrong),
            ("let x = 1; }\nfn f() {", Syntax::Wrong),
        ] {
            assert_eq!(Syntax::of(&engine, code), expected, "{code:?}");
        }
    }
}
