//! The interface between the course and the command line.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use crate::api::run::event::Output;
use crate::api::run::session::Session;
use crate::course::exercise::{DatabaseLock, Exercise};
use crate::error::Result;
use crate::mongo::Interrupt;
use crate::record::Recorder;
use crate::server::Progress;

/// Creates the progress listener for the start of a server. The interrupt cancels the start.
pub type ProgressFactory = Arc<dyn Fn(&Interrupt) -> Box<dyn Progress> + Send + Sync>;

/// The program's settings and services that the course uses.
pub trait Host {
    /// Opens a session for one run of an exercise, with the lock on its database.
    ///
    /// # Errors
    /// `InvalidUri` or `Server`, as for every session.
    fn open_run(
        &self,
        exercise: &Exercise,
        output: Output,
    ) -> Result<(Session, Option<DatabaseLock>)>;

    /// Opens a session for one of several runs, which share a server unless the exercise wants its own.
    ///
    /// # Errors
    /// As [`open_run`](Self::open_run).
    fn open_watched_run(
        &self,
        exercise: &Exercise,
        output: Output,
        progress: ProgressFactory,
    ) -> Result<(Session, Option<DatabaseLock>)>;

    /// Stores the recording of a run and draws it where the user wants it, but not on the terminal if
    /// that shows a screen.
    ///
    /// # Errors
    /// `InvalidArgument` or `Server` if a file cannot be written.
    fn finish_recording(&self, recorder: Option<&Recorder>, has_screen: bool) -> Result<()>;

    /// Checks that an exercise may change the server that the user named.
    ///
    /// # Errors
    /// `InvalidArgument` if not, with a hint.
    fn check_changes(&self, exercise: &str) -> Result<()>;

    /// Opens a file in the user's editor, and waits until it is closed.
    ///
    /// # Errors
    /// `InvalidArgument` if there is no editor, or it fails.
    fn open_editor(&self, file: &Path) -> Result<()>;

    /// Returns the user's home folder.
    fn home(&self) -> Option<OsString>;

    /// Ends a run when a signal arrives; a second one ends the program.
    fn end_on_signals(&self, interrupt: &Interrupt);

    /// Ends the program at SIGTERM or SIGHUP and restores the terminal; Ctrl-C only ends the run.
    fn leave_on_signals(&self, interrupt: &Interrupt);
}
