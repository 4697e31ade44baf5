//! Everything a person sees: values, errors with the line they came from, progress. Colour last.

mod code;
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
mod prose;
mod redact;
mod reference;
mod report;
mod runtime_text;
mod snippet;
mod suggestion;
pub mod table;
mod trace;
pub mod type_text;
mod values;

pub use code::{highlight, listing};
pub use explain::{explain, explain_error};
pub use printer::{Printer, Target};
pub use progress::Steps;
pub use prose::prose;
pub use redact::{hide_passwords, redact};
pub use reference::reference;
pub use report::{Report, Shown};
pub use suggestion::nearest;
pub use trace::trace_line;
pub use values::Format;
