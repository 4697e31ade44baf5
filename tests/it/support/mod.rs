mod program;
mod snapshot;

pub use program::{Ran, Scratch, command, eval, run_script, seaworthy};
pub use snapshot::shows;
