//! Connects the calls of a script with the recording of the run.

use rhai::NativeCallContext;

use super::session::Session;
use crate::record::{Place, Recorder};

/// Returns the place of the call in the script.
pub fn place_of(recorder: &Recorder, context: &NativeCallContext) -> Option<Place> {
    let position = context.call_position();
    Some(recorder.place(
        context.call_source()?,
        position.line()?,
        position.position().unwrap_or(1),
    ))
}

/// Returns the recorder of the calling script and the place of the call, if the run is recorded.
pub fn recorded(context: &NativeCallContext) -> Option<(Recorder, Option<Place>)> {
    let session = Session::of(context).ok()?;
    let recorder = session.recorder()?;
    Some((recorder.clone(), place_of(recorder, context)))
}
