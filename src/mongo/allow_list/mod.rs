//! What scripts of others may send to their server: everything that is not on these lists is refused.
//!
//! The lists are in [`lists`], each entry with its reason. What is looked at is the BSON that the driver gets, so that there is
//! no second reading of it.

mod check;
mod forbidden;
pub mod lists;
pub mod permit;
mod roles;

pub use permit::Permit;
