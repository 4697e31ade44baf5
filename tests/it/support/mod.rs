//! What the tests stand on.

mod database;
mod eventually;
mod home;
mod processes;
mod program;
mod snapshot;
mod terminal;
mod user;

pub use database::Database;
pub use eventually::{eventually, eventually_within};
pub use home::Home;
pub use processes::{is_alive, kill_9, processes_with};
pub use program::{Ran, Scratch, command, eval, run_script, seaworthy};
pub use snapshot::shows;
pub use terminal::{NOWHERE, Terminal};
pub use user::User;
