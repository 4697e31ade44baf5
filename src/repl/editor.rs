//! What helps while a line is typed: colours, the matching bracket, hints from the history, completion, and Enter
//! that knows whether the line is finished.

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
use super::open_input::goes_on;
use super::settings::{EditorMode, PromptSettings};
use crate::render::highlight::{Palette, highlight, painted, pair_at};

/// Longer input is shown without colours: nobody reads it, and everybody waits for it.
const MOST_COLOURED: usize = 50_000;

/// The editor's helper.
pub(super) struct Assistant {
    hints: HistoryHinter,
    /// What completion knows, kept up to date by the loop.
    known: Arc<Mutex<CompletionIndex>>,
    /// Whether Ctrl-C ended the line.
    thrown_away: Arc<AtomicBool>,
    /// Whether the line is being drawn for the last time, without the mark at the cursor.
    is_done: Cell<bool>,
}

impl Assistant {
    pub(super) fn new(known: Arc<Mutex<CompletionIndex>>) -> Self {
        Self {
            known,
            hints: HistoryHinter::new(),
            thrown_away: Arc::default(),
            is_done: Cell::new(false),
        }
    }

    /// Whether the line that was just read is to be thrown away.
    pub(super) fn is_thrown_away(&self) -> bool {
        self.thrown_away.swap(false, Ordering::SeqCst)
    }
}

/// Ctrl-C, as a key that ends the line: where the editor itself takes it for an error, it forgets what it has read
/// behind it, and quick fingers lose the beginning of the next line.
struct ThrowAway {
    thrown_away: Arc<AtomicBool>,
}

impl ConditionalEventHandler for ThrowAway {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.thrown_away.store(true, Ordering::SeqCst);
        Some(Cmd::AcceptLine)
    }
}

/// An editor for lines of scripts.
///
/// # Errors
/// What the terminal says.
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
    let throw_away = ThrowAway {
        thrown_away: Arc::clone(&assistant.thrown_away),
    };
    editor.bind_sequence(
        KeyEvent::ctrl('C'),
        EventHandler::Conditional(Box::new(throw_away)),
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
        // Asked for at every key: whoever pressed Ctrl-C at a list of completions goes on with the line.
        self.thrown_away.store(false, Ordering::SeqCst);
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
        let marked = pair_at(line, position).filter(|_| !self.is_done.get());
        Cow::Owned(highlight(line, marked.as_ref().map_or(&[], |pair| pair)))
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
        Ok(if goes_on(context.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}
