//! What the tests of servers stand on.

mod database;
mod eventually;
mod home;
mod processes;
mod user;

pub use database::Database;
pub use eventually::{eventually, eventually_within};
pub use home::Home;
pub use processes::{is_alive, kill_9, processes_with};
pub use user::User;
