//! Histories of operations, and the checkers that judge them. Knows no Rhai and no server.

mod change;
mod finding;
mod limits;
mod operation;
mod outcome;
mod recorder;
pub mod register;
mod set;
mod stream;
mod value_id;
mod verdict;

pub use change::Change;
pub use finding::Finding;
pub use limits::Limits;
pub use operation::{Action, Operation};
pub use outcome::Outcome;
pub use recorder::{Recorder, Ticket};
pub use register::check_register;
pub use set::check_set;
pub use stream::check_stream;
pub use value_id::ValueId;
pub use verdict::{Anomaly, Counterexample, Verdict};
