//! Errors: their kinds and hints, and the exit codes of the program.

mod error_value;
mod exit_code;
mod kind;
mod nearest;
mod place;
pub mod redact;
mod secrets;
pub mod server_codes;
mod system;
mod visible;

pub use error_value::{Error, Facts};
pub use exit_code::ExitCode;
pub use kind::Kind;
pub use nearest::nearest;
pub use place::Place;
pub use redact::{hide_passwords, redact};
pub use secrets::{HIDDEN, hide_secrets, is_secret_name, secrets_in};
pub use system::system_words;
pub use visible::{is_invisible, visible, visible_with_styles};

/// The result type of all modules below the command line.
pub type Result<T> = std::result::Result<T, Error>;
