use super::interrupt::StopReason;
use crate::error::Error;

/// Why a call gave no result.
#[derive(Clone, Debug)]
pub enum CallError {
    /// Something went wrong, and a script may handle it.
    Error(Error),
    /// The run has to end; no script may swallow this.
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
