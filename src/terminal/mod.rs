//! The terminal of the program: raw mode, keys, size and the rule for colours. Does not draw.

mod colour;
mod hidden_line;
pub mod keys;
mod raw_mode;
mod size;

pub use colour::takes_colours;
pub use hidden_line::HiddenInput;
pub use keys::Key;
pub use raw_mode::{CtrlC, RawTerminal};
pub use size::{PROSE_WIDTH, REPORT_WIDTH, Size, fitting};
