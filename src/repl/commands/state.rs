//! Commands that change the session.

use crate::repl::prompt::{NextAction, Prompt};

/// `:time`, `:time CODE`.
pub(super) fn time(prompt: &mut Prompt, code: &str) -> NextAction {
    if code.is_empty() {
        prompt.timed = !prompt.timed;
        prompt.note(if prompt.timed {
            "every line is timed; `:time` stops it"
        } else {
            "lines are no longer timed"
        });
        return NextAction::Read;
    }
    let before = std::mem::replace(&mut prompt.timed, true);
    let after = prompt.evaluate(code);
    prompt.timed = before;
    after
}

/// `:reset`.
pub(super) fn reset(prompt: &mut Prompt, _: &str) -> NextAction {
    prompt.interactive.forget();
    prompt.finished_lines.clear();
    prompt.learn();
    prompt.note("all variables and functions were deleted");
    NextAction::Read
}

/// `:clear`.
pub(super) fn clear(prompt: &mut Prompt, _: &str) -> NextAction {
    if prompt.screen.has_colour() {
        prompt.screen.tell("\x1b[H\x1b[2J\x1b[3J\x1b[A");
    }
    NextAction::Read
}
