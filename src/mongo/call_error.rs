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

impl CallError {
    /// Returns the name of its kind; `Stopped` if the run has to end.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Error(error) => error.kind().name(),
            Self::Stopped(_) => "Stopped",
        }
    }
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
