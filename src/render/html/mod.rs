//! HTML for pages and notebooks. Everything that comes from a script or a lesson is escaped.

mod code;
mod document;
mod prose;
mod value;

pub(in crate::render) use code::piece;
pub use code::{code, listing};
pub use document::document;
pub use prose::{Heading, inline, prose};
pub use value::{plot, report, text, value};
