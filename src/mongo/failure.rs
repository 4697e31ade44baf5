use super::interrupt::StopReason;
use crate::error::Error;

/// Why a call gave no result.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Something went wrong, and a script may handle it.
    Error(Error),
    /// The run has to end; no script may swallow this.
    Stopped(StopReason),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<StopReason> for Failure {
    fn from(stop: StopReason) -> Self {
        Self::Stopped(stop)
    }
}
