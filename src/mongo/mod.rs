//! The driver as scripts need it: one bridge with deadlines and interrupts. Knows no Rhai.

mod bridge;
mod check_reply;
mod checkout_watch;
mod client;
mod client_options;
mod concerns;
mod connection_string;
mod convert_error;
mod cursor;
mod duplicate_key;
pub mod elements;
mod failure;
mod interrupt;
mod nearest;
mod options;
mod pool_monitor;
mod query;
mod topology;

pub use bridge::{Bridge, Halt, Limits};
pub use check_reply::check_reply;
pub use checkout_watch::CheckoutWatch;
pub use client::Client;
pub use client_options::ClientSettings;
pub use concerns::Concerns;
pub use connection_string::ConnectionString;
pub use convert_error::convert;
pub use cursor::Cursor;
pub use duplicate_key::explain_duplicate;
pub use failure::Failure;
pub use interrupt::{Interrupt, Stop};
pub use nearest::nearest;
pub use options::Options;
pub use pool_monitor::PoolMonitor;
pub use query::{AGGREGATE_OPTIONS, FIND_OPTIONS, Query, Question};
pub use topology::TopologyMonitor;
