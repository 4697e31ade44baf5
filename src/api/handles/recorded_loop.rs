use crate::api::call::arguments::Call;
use crate::api::run::recorded_calls::place_of;
use crate::record::{CallScope, Place, Recorder};

/// The `for` loop over the result of a call, in the recording of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordedLoop {
    /// The recorder and the place of the call, if the run is recorded.
    over: Option<(Recorder, Option<Place>)>,
}

impl RecordedLoop {
    pub(super) fn over_result_of(call: &Call) -> Self {
        let recorder = call.session.recorder();
        Self {
            over: recorder.map(|recorder| (recorder.clone(), place_of(recorder, call.context))),
        }
    }

    /// Begins the loop. It ends with the scope.
    pub(super) fn begin(&self) -> Option<CallScope> {
        let (recorder, call) = self.over.as_ref()?;
        let place = call.as_ref().and_then(|call| recorder.loop_over(call));
        Some(recorder.begin_call("for", place))
    }
}
