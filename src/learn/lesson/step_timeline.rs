use std::io;
use std::path::PathBuf;

use crate::error::system_words;
use crate::learn::course_screen::CourseScreen;
use crate::record::{Nanos, Recorder, Recording};
use crate::render::timeline::{timeline_html, timeline_text};

/// The timeline of the code of a lesson's step.
pub(super) struct StepTimeline {
    recorder: Option<Recorder>,
    /// When the code that ran last began and ended.
    ran: Option<(Nanos, Nanos)>,
}

impl StepTimeline {
    pub(super) fn new(recorder: Option<Recorder>) -> Self {
        Self {
            recorder,
            ran: None,
        }
    }

    /// Notes that a step's code begins now.
    pub(super) fn begin(&mut self) {
        let now = self.recorder.as_ref().map(Recorder::now);
        self.ran = now.map(|now| (now, now));
    }

    /// Notes that the code has ended.
    pub(super) fn end(&mut self) {
        if let (Some((_, end)), Some(recorder)) = (&mut self.ran, &self.recorder) {
            *end = recorder.now();
        }
    }

    /// Shows the timeline in the terminal.
    pub(super) fn show(&self, page: &CourseScreen) -> io::Result<()> {
        match self.recording() {
            Some(recording) => page.write(&timeline_text(&recording, page.view().width)),
            None => page.remark("No code has run yet."),
        }
    }

    /// Writes the timeline to a file in the current folder, and says its name.
    pub(super) fn save(&self, lesson: &str, step: usize, page: &CourseScreen) -> io::Result<()> {
        let Some(recording) = self.recording() else {
            return page.remark("No code has run yet.");
        };
        let file = PathBuf::from(format!("{lesson}_step_{step}.html"));
        let shown = file.display();
        match std::fs::write(&file, timeline_html(&recording)) {
            Ok(()) => page.remark(&format!("`{shown}` is the timeline: open it in a browser.")),
            Err(error) => page.remark(&format!(
                "`{shown}` cannot be written: {}",
                system_words(&error)
            )),
        }
    }

    fn recording(&self) -> Option<Recording> {
        let (from, to) = self.ran?;
        Some(self.recorder.as_ref()?.recording().between(from, to))
    }
}
