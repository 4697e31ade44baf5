//! What helps while a line is typed: colours, the matching bracket, hints from the history, completion, and Enter
//! that knows whether the line is finished.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    ColorMode, CompletionType, Config, Context, EditMode, Editor, Helper, config::BellStyle,
};

use super::completion::Known;
use super::goes_on;
use super::settings::{EditorMode, Settings};
use crate::render::highlight::{Palette, highlight, painted, pair_at};

/// Longer input is shown without colours: nobody reads it, and everybody waits for it.
const MOST_COLOURED: usize = 50_000;

/// The editor's helper.
pub struct Assistant {
    hints: HistoryHinter,
    /// What completion knows, kept up to date by the loop.
    known: Arc<Mutex<Known>>,
    /// The line as it was last seen, for the one who has to know what Ctrl-C left.
    seen: RefCell<String>,
}

impl Assistant {
    pub fn new(known: Arc<Mutex<Known>>) -> Self {
        Self {
            known,
            hints: HistoryHinter::new(),
            seen: RefCell::default(),
        }
    }

    /// What stood in the line when reading it ended.
    pub fn last_seen(&self) -> String {
        self.seen.borrow().clone()
    }
}

/// An editor for lines of scripts.
///
/// # Errors
/// What the terminal says.
pub fn open(
    settings: &Settings,
    assistant: Assistant,
    colour: bool,
) -> rustyline::Result<Editor<Assistant, FileHistory>> {
    let config = Config::builder()
        .max_history_size(settings.history_size)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .completion_prompt_limit(200)
        .edit_mode(match settings.editor_mode {
            EditorMode::Emacs => EditMode::Emacs,
            EditorMode::Vi => EditMode::Vi,
        })
        .color_mode(if colour {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .bell_style(BellStyle::None)
        .bracketed_paste(true)
        .tab_stop(4)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(assistant));
    Ok(editor)
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, found) = known.complete(line, position);
        let pairs = found.into_iter().map(|candidate| Pair {
            display: candidate.shown,
            replacement: candidate.text,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<String> {
        line.clone_into(&mut self.seen.borrow_mut());
        let hint = self.hints.hint(line, position, context)?;
        // Of an entry of several lines only the first: the rest would push the screen about.
        let first = hint.split('\n').next().unwrap_or_default();
        (!first.is_empty()).then(|| first.to_owned())
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, position: usize) -> Cow<'l, str> {
        if line.len() > MOST_COLOURED || line.starts_with([':', '?']) {
            return Cow::Borrowed(line);
        }
        let marked = pair_at(line, position);
        Cow::Owned(highlight(line, marked.as_ref().map_or(&[], |pair| pair)))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(painted(hint, Palette::DIM))
    }

    fn highlight_char(&self, line: &str, _position: usize, kind: CmdKind) -> bool {
        line.len() <= MOST_COLOURED || kind == CmdKind::ForcedRefresh
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if goes_on(context.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}
