//! The way an error took: where it happened, and who called.

use rhai::{EvalAltResult, Position};

use super::report::{Caller, Shown};
use crate::engine::Texts;
use crate::error::Place;
use crate::script::Failure;

/// More callers than this tell nothing new.
const MOST_CALLERS: usize = 5;

/// Where the innermost error happened, and the calls and imports it came through, the innermost first.
pub fn frames(failure: &Failure, error: &EvalAltResult) -> (Option<Shown>, Vec<Caller>) {
    let mut source = failure.source.clone();
    let mut callers = Vec::new();
    let mut at = error;
    loop {
        match at {
            EvalAltResult::ErrorInFunctionCall(name, callee, inner, position) => {
                push(&mut callers, failure, &source, *position, called(name));
                if failure.texts.get(callee).is_some() {
                    source.clone_from(callee);
                }
                at = inner;
            }
            EvalAltResult::ErrorInModule(name, inner, position) => {
                push(
                    &mut callers,
                    failure,
                    &source,
                    *position,
                    "imported here".into(),
                );
                if failure.texts.get(name).is_some() {
                    source.clone_from(name);
                }
                at = inner;
            }
            _ => break,
        }
    }
    callers.reverse();
    callers.truncate(MOST_CALLERS);
    // What ends a run passes through calls without a trace, so its place may lie in any of the texts.
    let is_untraced = at.is_system_exception() && !matches!(at, EvalAltResult::ErrorParsing(..));
    if is_untraced && failure.texts.len() > 1 {
        return (None, callers);
    }
    (shown(&failure.texts, &source, at.position()), callers)
}

/// A place that an error value brought along.
pub fn shown_at(failure: &Failure, place: &Place) -> Shown {
    let name = place.source.as_deref().unwrap_or(&failure.source);
    Shown {
        text: failure.texts.get(name),
        place: Place {
            source: Some(name.to_owned()),
            ..place.clone()
        },
    }
}

fn push(callers: &mut Vec<Caller>, failure: &Failure, source: &str, at: Position, what: String) {
    if let Some(shown) = shown(&failure.texts, source, at) {
        callers.push(Caller { what, shown });
    }
}

fn called(name: &str) -> String {
    if name.starts_with("anon$") {
        "called from here".into()
    } else {
        format!("`{name}` called from here")
    }
}

pub fn shown(texts: &Texts, source: &str, position: Position) -> Option<Shown> {
    let line = position.line()?;
    Some(Shown {
        text: texts.get(source),
        place: Place {
            source: Some(source.to_owned()),
            line,
            column: position.position().unwrap_or(1),
        },
    })
}
