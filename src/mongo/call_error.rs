use super::interrupt::StopReason;
use crate::error::Error;

/// Why a call did not return a result.
#[derive(Clone, Debug)]
pub enum CallError {
    /// An error that a script can handle.
    Error(Error),
    /// The run has to end. A script cannot catch this.
    Stopped(StopReason),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<StopReason> for CallError {
    fn from(stop: StopReason) -> Self {
        Self::Stopped(stop)
    }
}
