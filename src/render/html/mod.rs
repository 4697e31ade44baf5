//! HTML for pages and notebooks. Everything that comes from a script or a lesson is escaped.

mod code;
mod prose;
mod value;

pub use code::{code, listing};
pub use prose::{Heading, inline, prose};
pub use value::{plot, report, text, value};
