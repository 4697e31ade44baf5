use std::path::Path;

use super::drawing::{check, draw};
use super::target::TimelineTarget;
use crate::cli::settings::Settings;
use crate::diagnose::explain_usage;
use crate::error::{ExitCode, Result};
use crate::record::{LAST, Recorder, Recording, StoredRecordings};
use crate::render::{Printer, View};

/// The recording of one command, and where it goes.
pub(in crate::cli) struct RunTimeline {
    /// The recorder and the place for its recording, if the run is recorded.
    recorded: Option<(Recorder, RecordingPlace)>,
    targets: Vec<TimelineTarget>,
}

impl RunTimeline {
    /// Starts a recording if it is `always` wanted or if the user asked for timelines, and returns
    /// the settings of the run with it.
    ///
    /// # Errors
    /// `InvalidArgument` if a file cannot be written.
    pub(in crate::cli) fn start(
        settings: &Settings,
        title: &str,
        always: bool,
    ) -> Result<(Settings, Self)> {
        check(&settings.timelines)?;
        let mut settings = settings.clone();
        let mut recorded = None;
        if always || !settings.timelines.is_empty() || settings.recording.is_some() {
            let place = RecordingPlace::of(&settings)?;
            let recorder = Recorder::new(title);
            settings.recorder = Some(recorder.clone());
            recorded = Some((recorder, place));
        }
        let targets = settings.timelines.clone();
        Ok((settings, Self { recorded, targets }))
    }

    /// Stores the recording and draws it. Returns the exit code of the run, which an error changes.
    /// A recording that nobody asked for may be missing, for example on a full disk.
    pub(in crate::cli) fn finish(&self, code: ExitCode, view: View, printer: &Printer) -> ExitCode {
        let Some((recorder, place)) = &self.recorded else {
            return code;
        };
        let recording = recorder.recording();
        let saved = place.save(&recording);
        if self.targets.is_empty() {
            return code;
        }
        let drawn = saved.and_then(|()| draw(&recording, &self.targets, view, printer));
        finished(drawn, code, view, printer)
    }
}

/// Reports an error of drawing, and returns the exit code of the run with it.
fn finished(drawn: Result<()>, code: ExitCode, view: View, printer: &Printer) -> ExitCode {
    let Err(error) = drawn else {
        return code;
    };
    printer.say(&view.report(&explain_usage(&error)));
    match code {
        ExitCode::DONE => ExitCode::THREW,
        code => code,
    }
}

/// Where a recording is stored.
#[derive(Clone, Debug)]
pub(in crate::cli) struct RecordingPlace {
    stored: StoredRecordings,
    name: String,
}

impl RecordingPlace {
    /// Returns the place that the parent process named, or that of the last run.
    ///
    /// # Errors
    /// `Server` if there is no home folder.
    pub(in crate::cli) fn of(settings: &Settings) -> Result<Self> {
        if let Some(file) = &settings.recording {
            let folder = file.parent().unwrap_or(Path::new("."));
            return Ok(Self {
                stored: StoredRecordings::in_folder(folder),
                name: file
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            });
        }
        let state = settings.server.to_server_settings()?.folders.state;
        Ok(Self::last(&state))
    }

    fn last(state: &Path) -> Self {
        Self {
            stored: StoredRecordings::below(state),
            name: LAST.to_owned(),
        }
    }

    pub(in crate::cli) fn save(&self, recording: &Recording) -> Result<()> {
        self.stored.save(&self.name, recording)
    }
}

/// Stores the recordings that a confined run left in its state folder, and draws the last one.
/// Returns the exit code of the run, which an error changes.
pub(in crate::cli) fn take_over(
    settings: &Settings,
    confined: &StoredRecordings,
    code: ExitCode,
    view: View,
    printer: &Printer,
) -> ExitCode {
    let taken = RecordingPlace::of(settings).and_then(|place| {
        for name in confined.names() {
            match confined.load(&name) {
                Ok(recording) if name == LAST => {
                    place.save(&recording)?;
                    draw(&recording, &settings.timelines, view, printer)?;
                }
                Ok(recording) => place.stored.save(&name, &recording)?,
                // The run may have written anything there.
                Err(_) => {}
            }
        }
        Ok(())
    });
    if settings.timelines.is_empty() {
        return code;
    }
    finished(taken, code, view, printer)
}
