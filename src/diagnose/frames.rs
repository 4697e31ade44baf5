//! The stack trace of an error: where it happened, and the calls that led there.

use rhai::{EvalAltResult, Position};

use super::report::{CallSite, SourceExcerpt};
use crate::engine::Texts;
use crate::error::Place;
use crate::script::Origin;
use crate::values::thrown::innermost;

/// The stack trace of one error.
#[derive(Default)]
pub(super) struct Frames {
    /// Where the error happened.
    pub shown: Option<SourceExcerpt>,
    /// The calls and imports on the way, innermost first.
    pub callers: Vec<CallSite>,
    /// The place inside a text given to `eval`. The text is unknown: `shown` is the `eval` call.
    pub in_eval: Option<Position>,
}

/// Follows an error from the outermost call to the place where it happened.
pub(super) fn frames(origin: &Origin, error: &EvalAltResult) -> Frames {
    let mut frames = Frames::default();
    let mut source = origin.source.clone();
    let mut at = error;
    loop {
        match at {
            EvalAltResult::ErrorInFunctionCall(name, _, inner, position) if name == "eval" => {
                frames.shown = shown(&origin.texts, &source, *position);
                frames.in_eval = Some(innermost(inner).position());
                break;
            }
            EvalAltResult::ErrorInFunctionCall(name, callee, inner, position) => {
                frames.push(origin, &source, *position, called(name));
                if origin.texts.get(callee).is_some() {
                    source.clone_from(callee);
                }
                at = inner;
            }
            EvalAltResult::ErrorInModule(name, inner, position) => {
                frames.push(origin, &source, *position, "imported at".into());
                if origin.texts.get(name).is_some() {
                    source.clone_from(name);
                }
                at = inner;
            }
            _ => break,
        }
    }
    frames.callers.reverse();
    // An abort has no call trace, so with several sources the source of its position is unknown.
    let is_untraced = at.is_system_exception() && !matches!(at, EvalAltResult::ErrorParsing(..));
    if frames.in_eval.is_none() && !(is_untraced && origin.texts.len() > 1) {
        frames.shown = shown(&origin.texts, &source, at.position());
    }
    frames
}

/// Returns the excerpt for the place stored in an error value.
pub(super) fn shown_at(origin: &Origin, place: &Place) -> SourceExcerpt {
    let name = place.source.as_deref().unwrap_or(&origin.source);
    SourceExcerpt {
        text: origin.texts.get(name),
        place: Place {
            source: Some(name.to_owned()),
            ..place.clone()
        },
    }
}

impl Frames {
    fn push(&mut self, origin: &Origin, source: &str, at: Position, what: String) {
        if let Some(shown) = shown(&origin.texts, source, at) {
            self.callers.push(CallSite { what, shown });
        }
    }
}

fn called(name: &str) -> String {
    if name.starts_with("anon$") {
        "called at".into()
    } else {
        format!("`{name}` called at")
    }
}

fn shown(texts: &Texts, source: &str, position: Position) -> Option<SourceExcerpt> {
    let line = position.line()?;
    Some(SourceExcerpt {
        text: texts.get(source),
        place: Place {
            source: Some(source.to_owned()),
            line,
            column: position.position().unwrap_or(1),
        },
    })
}
