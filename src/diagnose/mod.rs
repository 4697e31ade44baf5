//! Turns an error into a report: what happened, where, and what to do about it. Prints nothing.

mod arguments_text;
mod cell_places;
mod explain;
mod frames;
pub mod function_text;
pub mod newcomer;
pub mod parse_text;
pub mod report;
mod runtime_text;
pub mod type_text;

pub use cell_places::CellPlaces;
pub use explain::{explain, explain_caught, explain_error, explain_usage};
pub use report::{CallSite, Report, SourceExcerpt};
