use super::Stop;
use crate::error::Error;

/// Why a call gave no result.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Something went wrong, and a script may handle it.
    Error(Error),
    /// The run has to end; no script may swallow this.
    Stopped(Stop),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}
