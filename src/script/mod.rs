//! Runs a script and returns its outcome. Does not print.

mod connect_early;
mod failure;
mod interactive;
pub mod lexer;
mod outcome;
pub mod percent;
mod pieces;
mod run;
mod source;
mod stepwise;
mod syntax;

pub use failure::{Cause, Failure, Origin, Stage};
pub use interactive::{Interactive, LAST, PROMPT, TaskFailures, ValueSink};
pub use outcome::Outcome;
pub use run::{LastValue, run};
pub use source::{Source, expand, stays_inside};
pub use stepwise::Stepwise;
pub use syntax::Syntax;
