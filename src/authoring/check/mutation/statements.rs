use super::edit::Edit;
use super::tokens::Tokens;

/// Removes each statement and each last expression of a block.
pub(super) fn edits(tokens: &Tokens) -> Vec<Edit> {
    let mut edits = Vec::new();
    block(tokens, 0, tokens.list.len(), true, &mut edits);
    edits
}

/// Mutates the statements between `from` and `end`.
///
/// Leaves the script's own last expression alone: it has no effect.
fn block(tokens: &Tokens, from: usize, end: usize, is_top: bool, edits: &mut Vec<Edit>) {
    let mut start = from;
    while start < end {
        let stop = statement_end(tokens, start, end);
        inner_blocks(tokens, start, stop, edits);
        let has_end = tokens.at(stop - 1) == ";";
        match tokens.at(start) {
            ";" | "fn" | "private" | "import" | "try" | "for" | "loop" | "while" | "do"
            | "switch" | "break" | "continue" => {}
            // Without a variable that is used, the script would always fail.
            "let" | "const" if is_used(tokens, start + 1) => {}
            _ if has_end || tokens.at(start) == "if" => {
                let span = tokens.span(start, stop - 1);
                edits.push(Edit::new("drop the statement", span, ""));
            }
            _ if stop == end && !is_top => {
                let span = tokens.span(start, stop - 1);
                edits.push(Edit::new("return nothing", span, "()"));
            }
            _ => {}
        }
        start = stop;
    }
}

/// Returns whether the variable at `index` occurs elsewhere, also inside `${…}`.
fn is_used(tokens: &Tokens, index: usize) -> bool {
    let name = tokens.at(index);
    let token = |at: usize| at != index && (tokens.at(at) == name || mentions(tokens.at(at), name));
    (0..tokens.list.len()).any(token)
}

fn mentions(text: &str, name: &str) -> bool {
    text.starts_with('`') && text.contains(name)
}

/// Returns the token after a statement: after its `;`, or after its last block.
fn statement_end(tokens: &Tokens, start: usize, end: usize) -> usize {
    let is_compound = matches!(
        tokens.at(start),
        "if" | "for" | "while" | "loop" | "try" | "switch" | "fn" | "private" | "do" | "{"
    );
    let mut index = start;
    while index < end {
        let is_block = tokens.at(index) == "{";
        let next = tokens.behind(index).min(end);
        if tokens.at(index) == ";" {
            return next;
        }
        let goes_on = matches!(tokens.at(next), "else" | "catch" | "while" | "until");
        if is_compound && is_block && !(goes_on && tokens.at(start) != "fn") {
            // `if x { 1 } else { 2 };` has its own end.
            return if tokens.at(next) == ";" && next < end {
                next + 1
            } else {
                next
            };
        }
        index = next;
    }
    end
}

/// Mutates the blocks inside a statement: bodies of functions, closures, `if` and `try`.
fn inner_blocks(tokens: &Tokens, start: usize, stop: usize, edits: &mut Vec<Edit>) {
    let mut index = start;
    while index < stop {
        let close = tokens.list[index].other.filter(|close| *close > index);
        match close {
            Some(close) if tokens.at(index) == "{" => {
                block(tokens, index + 1, close, false, edits);
                index = close + 1;
            }
            _ => index += 1,
        }
    }
}

/// Returns the range of the statement that begins at `start`.
pub(super) fn whole(tokens: &Tokens, start: usize) -> Option<std::ops::Range<usize>> {
    let first = tokens
        .list
        .iter()
        .position(|token| token.range.start == start)?;
    let stop = statement_end(tokens, first, tokens.list.len());
    Some(tokens.span(first, stop - 1))
}
