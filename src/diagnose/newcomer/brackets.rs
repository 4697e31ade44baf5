//! Brackets that are opened and not closed, or the other way round.

use rhai::ParseErrorType;

use super::spot::Spot;
use super::tokens::SourceToken;

/// Where the script ends too early: the bracket that is still open.
pub(super) fn unclosed(spot: &Spot) -> Option<String> {
    let error = spot.syntax()?;
    let is_end = matches!(error, ParseErrorType::UnexpectedEOF) || spot.index >= spot.tokens.len();
    if !is_end {
        return None;
    }
    let (open, _) = unmatched(&spot.tokens);
    let open = open?;
    let line = 1 + spot.text[..open.offset].matches('\n').count();
    Some(format!("the `{}` of line {line} is not closed", open.text))
}

/// A closing bracket that closes nothing.
pub(super) fn unopened(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let (_, closed) = unmatched(&spot.tokens);
    let closed = closed.filter(|closed| closed.offset == spot.offset)?;
    Some(format!("this `{}` closes nothing", closed.text))
}

/// The last bracket that stays open, and the first that closes nothing.
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
