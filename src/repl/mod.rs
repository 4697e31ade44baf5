//! The prompt: reads lines and evaluates them in one session.

mod background_messages;
mod commands;
pub mod completion;
mod early_connection;
mod editor;
mod editor_command;
mod history;
mod input_history;
mod line_loop;
mod missing_field;
mod notes;
mod open_input;
mod prompt;
mod prompt_text;
mod screen;
mod secrets;
pub mod settings;
mod show;
mod terminal;
mod translation;
mod watching;

pub use commands::{OpenedWatch, Selection, open_watch, plan_of, select};
pub use early_connection::open_in_background;
pub use editor_command::editor_command;
pub use line_loop::{Start, run};
pub use notes::notes_of_code;
pub use open_input::is_incomplete;
pub use prompt::{Play, ServerStatus};
pub use screen::Screen;
pub use secrets::carries_a_password;
pub use settings::PromptSettings;
pub use show::{OutputMode, ValuePrinter};
