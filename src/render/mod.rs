//! Formats values, reports, tables and progress. Other modules decide on the contents.

mod answered;
mod checked;
mod difference;
mod examination;
pub mod highlight;
pub mod html;
mod json;
mod junit;
mod last_display;
pub mod pretty;
mod printer;
mod progress;
mod prose;
mod reference;
mod snippet;
pub mod table;
mod tested;
pub mod timeline;
mod trace;
pub mod values;
mod view;

pub use answered::answered_json;
pub use checked::{checked, finding, readability_table};
pub use difference::difference;
pub use examination::{examination, examination_json};
pub use junit::{JunitCase, junit};
pub use last_display::LastDisplay;
pub use printer::{Printer, Target};
pub use progress::Steps;
pub use prose::{prose, prose_without_colours};
pub use reference::reference;
pub use tested::{junit_case, tested, tested_json};
pub use trace::trace_line;
pub use values::Format;
pub use view::View;
