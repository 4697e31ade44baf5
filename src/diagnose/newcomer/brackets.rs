//! Brackets without their counterpart.

use rhai::ParseErrorType;

use super::spot::Spot;
use super::tokens::SourceToken;

/// Names the bracket that is still open at the end of the script.
pub(super) fn unclosed(spot: &Spot) -> Option<String> {
    let error = spot.syntax()?;
    let is_end = matches!(error, ParseErrorType::UnexpectedEOF) || spot.index >= spot.tokens.len();
    if !is_end {
        return None;
    }
    let (open, _) = unmatched(&spot.tokens);
    let open = open?;
    let line = 1 + spot.text[..open.offset].matches('\n').count();
    Some(format!("the `{}` on line {line} is not closed", open.text))
}

/// Explains a closing bracket without an opening one.
pub(super) fn unopened(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let (_, closed) = unmatched(&spot.tokens);
    let closed = closed.filter(|closed| closed.offset == spot.offset)?;
    Some(format!("this `{}` has no opening bracket", closed.text))
}

/// Returns the last unclosed bracket, and the first closing bracket without an opening one.
fn unmatched<'a>(tokens: &[SourceToken<'a>]) -> (Option<SourceToken<'a>>, Option<SourceToken<'a>>) {
    let mut open: Vec<SourceToken> = Vec::new();
    for token in tokens {
        match token.text {
            "(" | "[" | "{" => open.push(*token),
            ")" | "]" | "}" => {
                let fits = open.last().is_some_and(|last| {
                    matches!(
                        (last.text, token.text),
                        ("(", ")") | ("[", "]") | ("{", "}")
                    )
                });
                if !fits {
                    return (None, Some(*token));
                }
                open.pop();
            }
            _ => {}
        }
    }
    (open.pop(), None)
}
