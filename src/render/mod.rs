//! Everything a person sees: values, errors with the line they came from, progress. Colour last.

mod explain;
mod frames;
pub mod function_text;
pub mod highlight;
mod json;
pub mod lexer;
pub mod newcomer;
pub mod parse_text;
pub mod pretty;
mod printer;
mod progress;
mod redact;
mod report;
mod runtime_text;
mod snippet;
mod suggestion;
pub mod table;
pub mod type_text;
mod values;

pub use explain::{explain, explain_error};
pub use printer::{Printer, Target};
pub use progress::Steps;
pub use redact::redact;
pub use report::{Report, Shown};
pub use suggestion::nearest;
pub use values::Format;
