//! Many writes of one collection in as few commands as its server allows (driver bulk API specification).
//!
//! The driver's own bulk write needs MongoDB 8.0; the commands `insert`, `update` and `delete` do with any server.

mod batch;
mod fate;
mod operations;
mod outcome;
mod reply;
mod send;

pub use fate::Fate;
pub use operations::{BulkOperations, WriteKind};
pub use outcome::BulkOutcome;
pub use send::BulkWrite;
