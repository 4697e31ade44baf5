//! `:timeline [FILE]`: what the last line did and when.

use std::path::Path;

use crate::error::{Error, Result, system_words};
use crate::record::Recording;
use crate::render::timeline::{TimelineFormat, timeline_text};
use crate::repl::prompt::{NextAction, Prompt};

/// `:timeline`, `:timeline FILE`.
pub(super) fn draw(prompt: &mut Prompt, file: &str) -> NextAction {
    match (prompt.recording_of_last_line(), file) {
        (None, _) => prompt.note("no line has run yet"),
        (Some(recording), "") => {
            let text = timeline_text(&recording, prompt.screen.width());
            prompt.screen.tell(text.trim_end());
        }
        (Some(recording), file) => match write(&recording, Path::new(file)) {
            Ok(()) => prompt.note(&format!("`{file}` is the timeline of the last line")),
            Err(error) => prompt.error(&error),
        },
    }
    NextAction::Read
}

fn write(recording: &Recording, file: &Path) -> Result<()> {
    let drawn = TimelineFormat::of(file)?.draw(recording);
    std::fs::write(file, drawn).map_err(|error| {
        let (file, why) = (file.display(), system_words(&error));
        Error::invalid_argument(format!("the timeline `{file}` cannot be written: {why}"))
    })
}
