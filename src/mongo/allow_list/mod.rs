//! The commands that scripts of others may send to their server. Everything else is refused.
//!
//! The lists are in [`lists`], with a reason for each entry. The checks read the same BSON that the
//! driver gets.

mod check;
mod forbidden;
pub mod lists;
pub mod permit;
mod roles;

pub use permit::Permit;
