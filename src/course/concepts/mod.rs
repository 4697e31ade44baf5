//! Concepts: what a lesson or an exercise teaches and needs, and what a piece of code uses.
//!
//! A concept is a function (`find_one`), an option (`max_pool_size:`), an operator (`$set`), an
//! error kind (`errors::Network`), a word of the language (`closure`) or a term of the glossary.

mod head;
mod named;
mod options;
mod summary;
mod terms;
mod tokens;
mod used;

pub use head::Head;
pub use named::is_named;
pub use summary::summary;
pub use terms::{Occurrence, terms_in};
pub(crate) use used::defined;
pub use used::{Use, used};
