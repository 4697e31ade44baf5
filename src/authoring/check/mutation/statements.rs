use super::edit::Edit;
use super::tokens::Tokens;

/// Each statement gone, and each last expression of a block.
pub(super) fn edits(tokens: &Tokens) -> Vec<Edit> {
    let mut edits = Vec::new();
    block(tokens, 0, tokens.list.len(), true, &mut edits);
    edits
}

/// The statements from `from` up to `end`. What stands last at the top is the script's own value, and does nothing.
fn block(tokens: &Tokens, from: usize, end: usize, is_top: bool, edits: &mut Vec<Edit>) {
    let mut start = from;
    while start < end {
        let stop = statement_end(tokens, start, end);
        inner_blocks(tokens, start, stop, edits);
        let has_end = tokens.at(stop - 1) == ";";
        match tokens.at(start) {
            ";" | "fn" | "private" | "import" | "try" | "for" | "loop" | "while" | "do"
            | "switch" | "break" | "continue" => {}
            // Without the variable nothing works, whoever looks; unless nobody does.
            "let" | "const" if is_used(tokens, start + 1) => {}
            _ if has_end || tokens.at(start) == "if" => {
                let span = tokens.span(start, stop - 1);
                edits.push(Edit::new("drop the statement", span, ""));
            }
            _ if stop == end && !is_top => {
                let span = tokens.span(start, stop - 1);
                edits.push(Edit::new("give nothing back", span, "()"));
            }
            _ => {}
        }
        start = stop;
    }
}

/// Whether the variable that is named at `index` is named anywhere else, in a text with `${…}` too.
fn is_used(tokens: &Tokens, index: usize) -> bool {
    let name = tokens.at(index);
    let token = |at: usize| at != index && (tokens.at(at) == name || mentions(tokens.at(at), name));
    (0..tokens.list.len()).any(token)
}

fn mentions(text: &str, name: &str) -> bool {
    text.starts_with('`') && text.contains(name)
}

/// The token behind a statement: behind its `;`, or behind the last of its blocks.
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

/// The blocks within a statement, however deep: bodies of functions and closures, and what `if` and `try` hold.
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

/// The whole statement that begins at the place `start`, whatever it is.
pub(super) fn whole(tokens: &Tokens, start: usize) -> Option<std::ops::Range<usize>> {
    let first = tokens
        .list
        .iter()
        .position(|token| token.range.start == start)?;
    let stop = statement_end(tokens, first, tokens.list.len());
    Some(tokens.span(first, stop - 1))
}
