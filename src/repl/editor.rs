//! The line editor: colours, matching brackets, history hints, completion, multi-line input.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Config, Context, EditMode, Editor,
    Event, EventContext, EventHandler, Helper, KeyEvent, RepeatCount, config::BellStyle,
};

use super::completion::CompletionIndex;
use super::open_input::is_incomplete;
use super::settings::{EditorMode, PromptSettings};
use super::translation::Translation;
use crate::render::highlight::{Palette, highlight, painted, pair_at};

/// The maximum length of input with colours. Longer input would be slow.
const MOST_COLOURED: usize = 50_000;

/// The editor's helper.
pub(super) struct Assistant {
    hints: HistoryHinter,
    /// The names for completion, updated after each line.
    known: Arc<Mutex<CompletionIndex>>,
    /// Whether Ctrl-C ended the line.
    discarded: Arc<AtomicBool>,
    /// Whether this is the last drawing of the line, without highlighted brackets.
    is_done: Cell<bool>,
    /// The translation that the line began as.
    offered: Option<Translation>,
}

impl Assistant {
    pub(super) fn new(known: Arc<Mutex<CompletionIndex>>) -> Self {
        Self {
            known,
            hints: HistoryHinter::new(),
            discarded: Arc::default(),
            is_done: Cell::new(false),
            offered: None,
        }
    }

    /// Marks what a translation changed, as long as the line is the translation.
    pub(super) fn offer(&mut self, translation: Translation) {
        self.offered = Some(translation);
    }

    /// Returns whether Ctrl-C ended the line that was just read.
    pub(super) fn is_discarded(&self) -> bool {
        self.discarded.swap(false, Ordering::SeqCst)
    }
}

/// Handles Ctrl-C as a key that ends the line.
///
/// The editor's own handling is an error that loses keys already read for the next line.
struct DiscardLine {
    discarded: Arc<AtomicBool>,
}

impl ConditionalEventHandler for DiscardLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.discarded.store(true, Ordering::SeqCst);
        Some(Cmd::AcceptLine)
    }
}

/// Creates the editor.
///
/// # Errors
/// The terminal's error.
pub(super) fn open(
    settings: &PromptSettings,
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
    let discard_line = DiscardLine {
        discarded: Arc::clone(&assistant.discarded),
    };
    editor.bind_sequence(
        KeyEvent::ctrl('C'),
        EventHandler::Conditional(Box::new(discard_line)),
    );
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
        // Called at every key. A Ctrl-C that only closed a completion list does not end the line.
        self.discarded.store(false, Ordering::SeqCst);
        let hint = self.hints.hint(line, position, context)?;
        // Show only the first line of an entry, so that the screen does not scroll.
        let first = hint.split('\n').next().unwrap_or_default();
        (!first.is_empty()).then(|| first.to_owned())
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, position: usize) -> Cow<'l, str> {
        if line.len() > MOST_COLOURED || line.starts_with([':', '?']) {
            return Cow::Borrowed(line);
        }
        let offered = self.offered.iter().filter(|offered| offered.text == line);
        let changed = offered.flat_map(|offered| offered.changed.iter().copied());
        let pair = pair_at(line, position).into_iter().flatten();
        let marked: Vec<usize> = match self.is_done.get() {
            true => Vec::new(),
            false => changed.chain(pair).collect(),
        };
        Cow::Owned(highlight(line, &marked))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(painted(hint, Palette::DIM))
    }

    fn highlight_char(&self, line: &str, _position: usize, kind: CmdKind) -> bool {
        self.is_done.set(kind == CmdKind::ForcedRefresh);
        line.len() <= MOST_COLOURED || kind == CmdKind::ForcedRefresh
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if is_incomplete(context.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}
