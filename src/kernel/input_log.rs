use serde_json::{Value, json};

use super::message::Message;
use crate::repl::carries_a_password;

/// The cells of a session, for `history_request`. Cells with passwords are not kept.
#[derive(Default)]
pub(super) struct InputLog {
    /// The number of each cell, and its code.
    cells: Vec<(usize, String)>,
}

impl InputLog {
    pub(super) fn add(&mut self, number: usize, code: &str) {
        if !code.trim().is_empty() && !carries_a_password(code) {
            self.cells.push((number, code.to_owned()));
        }
    }

    /// Returns the cells that a request asks for, each as `[session, number, code]`.
    pub(super) fn answer(&self, request: &Message) -> Value {
        let number = |key: &str| request.content[key].as_i64();
        let all = self.cells.iter();
        let mut found: Vec<&(usize, String)> = match request.text("hist_access_type") {
            "range" => {
                // Zero and negative numbers mean this session and earlier ones, which are not kept.
                let is_this_session = number("session").unwrap_or(0) == 0;
                let start = number("start").unwrap_or(0);
                let stop = number("stop").unwrap_or(i64::MAX);
                let is_wanted =
                    |at: usize| i64::try_from(at).is_ok_and(|at| start <= at && at < stop);
                all.filter(|cell| is_this_session && is_wanted(cell.0))
                    .collect()
            }
            "search" => {
                let pattern = request.text("pattern");
                all.filter(|cell| matches(pattern, &cell.1)).collect()
            }
            _ => all.collect(),
        };
        if request.flag("unique", false) {
            let mut seen = std::collections::HashSet::new();
            // The last of equal cells stays.
            found.reverse();
            found.retain(|cell| seen.insert(&cell.1));
            found.reverse();
        }
        if let Some(most) = number("n").and_then(|most| usize::try_from(most).ok()) {
            found.drain(..found.len().saturating_sub(most));
        }
        let with_output = request.flag("output", false);
        let cells: Vec<Value> = found
            .into_iter()
            .map(|(number, code)| match with_output {
                true => json!([0, number, [code, null]]),
                false => json!([0, number, code]),
            })
            .collect();
        json!({ "status": "ok", "history": cells })
    }
}

/// Returns whether a text matches a pattern, in which `*` means any text and `?` any letter.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut in_text) = (0, 0);
    // Where the last `*` stands, and how much of the text it covers.
    let mut star = None;
    while in_text < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => match star {
                Some((place, covered)) => {
                    star = Some((place, covered + 1));
                    (at, in_text) = (place + 1, covered + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_match() {
        for pattern in ["*", "let x = 1;", "let*", "*1;", "l?t*x*", "*=*=*1;*"] {
            let is_match = matches(pattern, "let x = 1;");
            assert_eq!(is_match, pattern != "*=*=*1;*", "{pattern}");
        }
        assert!(matches("", "") && !matches("?", "") && !matches("a", "ab"));
    }
}
