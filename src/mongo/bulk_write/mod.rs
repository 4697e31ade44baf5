//! Sends many writes to one collection in as few commands as possible (driver bulk API
//! specification).
//!
//! The driver's bulk write needs MongoDB 8.0. The commands `insert`, `update` and `delete` work
//! with every server.

mod batch;
mod operations;
mod outcome;
mod reply;
mod send;
mod write_part;
mod write_state;

pub use operations::{BulkOperations, WriteKind};
pub use outcome::BulkOutcome;
pub use send::BulkWrite;
pub use write_part::WritePart;
pub use write_state::WriteState;
